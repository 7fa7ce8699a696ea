import { createHash, randomBytes } from 'node:crypto'
import t from 'tap'
import { describeInline, inlineMediaOf } from '../../src/normalize/messages/inline-media.ts'
import { normalized } from './support/sent.ts'

const bytes = randomBytes(3000)
const base64 = bytes.toString('base64')
const sha256 = createHash('sha256').update(bytes).digest('hex')
const url = `data:image/png;base64,${base64}`
const json = JSON.stringify

t.test('bytes in content are artifacts by their hash, whatever carries them', (t) => {
  const carriers = {
    'a data URL': { 'llm.input_messages.0.message.contents.0.message_content.image.image.url': url },
    'a message': {
      'gen_ai.input.messages': json([{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }]),
    },
    'a blob': {
      'gen_ai.input.messages': json([
        { role: 'user', parts: [{ type: 'blob', mime_type: 'image/png', content: base64 }] },
      ]),
    },
    'JSON in JSON': { 'input.value': json({ body: json({ data: base64, mime_type: 'image/png' }) }) },
    'a structured value': { 'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'image', url }] }] },
  }
  for (const [name, attributes] of Object.entries(carriers)) {
    const { artifacts } = normalized({ attributes })
    t.strictSame(
      artifacts,
      [{ id: `inline-${sha256.slice(0, 32)}`, name: null, mediaType: 'image/png', size: 3000, sha256 }],
      name,
    )
  }
  const twice = normalized({ attributes: { 'input.value': `${url} and ${url}`, 'output.value': url } })
  t.equal(twice.artifacts.length, 1)
  t.match(normalized({ events: [{ name: 'gen_ai.user.message', attributes: { content: url } }] }).artifacts, [
    { sha256 },
  ])
  t.end()
})

t.test('a description stands in the place of bytes, and the rest of the text stays', (t) => {
  const text = describeInline(json({ say: 'look', image: url, after: 'done' }))
  t.same(JSON.parse(text), { say: 'look', image: `[image/png, 3000 bytes, sha256 ${sha256}]`, after: 'done' })
  t.notMatch(describeInline(`x ${base64} y`), base64.slice(100, 200))
  t.match(
    describeInline('<img src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP">'),
    /\[image\/gif, \d+ bytes/,
  )
  t.end()
})

t.test('long texts that carry nothing stay as they are', (t) => {
  for (const text of [
    'word '.repeat(5000),
    'x'.repeat(5000),
    bytes.toString('hex'),
    json(Array.from({ length: 500 }, (_, i) => i / 7)),
    `https://example.com/${'path/'.repeat(400)}`,
    '',
  ]) {
    t.equal(describeInline(text), text)
    t.strictSame(inlineMediaOf(text), [])
  }
  t.end()
})
