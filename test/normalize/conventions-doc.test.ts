import { readFileSync } from 'node:fs'
import t from 'tap'
import { conventionsDoc, page } from '../../scripts/conventions-doc.ts'

t.test('docs/conventions.md is what the families say', (t) => {
  t.equal(readFileSync(page, 'utf8'), conventionsDoc(), 'run `tsx scripts/conventions-doc.ts`')
  t.end()
})

t.test('it says the order in which attributes are asked', (t) => {
  const doc = conventionsDoc()
  const section = doc.slice(doc.indexOf('### inputTokens'), doc.indexOf('### outputTokens'))
  const places = ['gen_ai.usage.input_tokens', 'llm.token_count.prompt', 'ai.usage.inputTokens'].map((key) =>
    section.indexOf(`\`${key}\``),
  )
  t.notOk(places.includes(-1))
  t.strictSame(
    places,
    [...places].sort((a, b) => a - b),
  )
  t.match(doc, /\| orcheo \| yes \|/)
  t.end()
})
