import { readFileSync } from 'node:fs'
import t from 'tap'
import * as errors from '../src/errors.ts'
import { limits } from '../src/limits.ts'

const page = readFileSync(new URL('../docs/limits.md', import.meta.url), 'utf8')
const rows = new Map<string, { value: string; text: string }>()
for (const [, name = '', value = '', text = ''] of page.matchAll(/^\| `(\w+)` \| ([^|]*) \| (.*) \|$/gm)) {
  rows.set(name, { value, text })
}
const shown = (value: unknown): string =>
  typeof value === 'number'
    ? value.toLocaleString('en-US')
    : Object.entries(value as object)
        .map(([name, one]) => `${name} ${shown(one)}`)
        .join(', ')

t.test('docs/limits.md has every limit, as it is', async (t) => {
  for (const [name, value] of Object.entries(limits)) t.equal(rows.get(name)?.value, shown(value), name)
})

t.test('docs/limits.md has every code, with its status', async (t) => {
  for (const Refusal of Object.values(errors)) {
    const { code, statusCode } = new (
      Refusal as unknown as new (
        word: string,
      ) => { code: string; statusCode: number }
    )('x')
    t.equal(rows.get(code)?.value, String(statusCode), code)
    t.ok((rows.get(code)?.text ?? '').length > 10, code)
  }
})

t.test('and nothing that is gone', async (t) => {
  const codes = Object.values(errors).map(
    (Refusal) => new (Refusal as unknown as new () => { code: string })().code,
  )
  for (const name of rows.keys()) t.ok(name in limits || codes.includes(name), name)
})
