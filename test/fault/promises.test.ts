import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'

const root = new URL('../../', import.meta.url)
const text = readFileSync(new URL('docs/promises.md', root), 'utf8')
const rows = (of: RegExp) => text.split('\n').filter((line) => of.test(line))
const tests = (row: string) => [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path)

t.test('every promise and every fault names tests, and they exist', async (t) => {
  t.equal(rows(/^\| P\d+ \|/).length, 12)
  t.equal(rows(/^\| F\d+ \|/).length, 17)
  for (const row of rows(/^\| [PF]\d+ \|/)) {
    t.ok(tests(row).length > 0, row.slice(0, 40))
    for (const path of tests(row)) t.ok(existsSync(new URL(path, root)), path)
  }
})

t.test('every test of a fault is named there, and so is what each sabotage is for', async (t) => {
  const named = new Set(rows(/./).flatMap(tests))
  const folder = readdirSync(new URL('test/fault/', root)).filter((name) => name.endsWith('.test.ts'))
  for (const name of folder.filter((name) => name !== 'promises.test.ts'))
    t.ok(named.has(`test/fault/${name}`), name)
  const sources = folder.map((name) => readFileSync(new URL(`test/fault/${name}`, root), 'utf8')).join('\n')
  for (const name of readdirSync(new URL('test/fault/sabotage/', root))) {
    t.ok(sources.includes(`'${name.replace('.mjs', '')}'`), `${name} is used`)
  }
})
