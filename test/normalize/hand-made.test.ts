import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { explainSpan } from '../../src/normalize/explain.ts'
import { families } from '../../src/normalize/families/index.ts'
import { handMade } from './hand-made/index.ts'
import { normalized, otlpSpan, resourceOf, scopeOf } from './support/sent.ts'
import { summarize } from './support/summary.ts'

const goldens = new URL('../fixtures/normalize/hand-made/', import.meta.url)

// With GOLDEN=write the expectations are written anew; review the difference line by line.
for (const [name, { spans, resource, scope }] of Object.entries(handMade)) {
  t.test(name, async (t) => {
    const from = {
      ...(resource === undefined ? {} : { resource }),
      ...(scope === undefined ? {} : { scope }),
    }
    const found = spans.map((sent) => summarize(normalized({ ...sent, ...from })))
    const golden = new URL(`${name}.json`, goldens)
    if (process.env.GOLDEN === 'write') {
      mkdirSync(goldens, { recursive: true })
      writeFileSync(golden, `${JSON.stringify(found, null, 2)}\n`)
    }
    const text = JSON.stringify(found)
    t.notMatch(text, /\[object|\\\\\\\\"/, 'nothing is shown as an object’s name, or encoded twice')
    t.same(found, JSON.parse(readFileSync(golden, 'utf8')))
  })
}

t.test('every family is seen in some set', async (t) => {
  const seen = new Set(
    Object.values(handMade).flatMap(({ spans, resource, scope }) =>
      spans.flatMap(
        (sent) => explainSpan(otlpSpan(sent), resourceOf(resource), scopeOf(scope), null).families,
      ),
    ),
  )
  t.strictSame(
    families.map(({ name }) => name).filter((name) => !seen.has(name)),
    [],
  )
})
