import { readFileSync } from 'node:fs'
import t from 'tap'

const root = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/trace-tab-tests.md', root), 'utf8')
const rows = [...page.matchAll(/^\| (\d+|\+) \| (.+?) \| (.+) \|$/gm)]

t.test('every statement has its tests, and each of them exists', async (t) => {
  t.same(
    rows.map(([, number]) => number),
    [...Array.from({ length: 25 }, (_, n) => String(n + 1)), '+'],
  )
  for (const [, number, , tests = ''] of rows) {
    const named = [...tests.matchAll(/`([\w./-]+)`: "([^"]+)"/g)]
    t.equal(named.length, tests.split('; `').length, `${number}: all of it is read`)
    for (const [, file = '', title = ''] of named) {
      const text = readFileSync(new URL(file, root), 'utf8')
      t.ok(text.includes(title), `${number}: ${file}: ${title}`)
    }
  }
})
