import { randomBytes } from 'node:crypto'
import t from 'tap'
import { realService } from './real-service.ts'

const everything = { scope: 'traces:write traces:read content:read' }
const base64 = randomBytes(6000).toString('base64')
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const url = `data:image/png;base64,${base64}`
const messages = JSON.stringify([
  {
    role: 'user',
    parts: [
      { type: 'text', content: `see ${url}` },
      { type: 'uri', modality: 'image', uri: url },
    ],
  },
  { role: 'tool', parts: [{ type: 'tool_call_response', id: '1', response: { file: { data: base64 } } }] },
])
const span = {
  traceId: 'd'.repeat(32),
  spanId: 'e'.repeat(16),
  name: 'chat',
  startTimeUnixNano: '1790000000000000000',
  endTimeUnixNano: '1790000001000000000',
  attributes: [
    text('workflow.execution.id', 'media'),
    text('gen_ai.operation.name', 'chat'),
    text('gen_ai.input.messages', messages),
    text('gen_ai.output.messages', url),
    { key: 'raw.bytes', value: { bytesValue: base64 } },
  ],
  events: [
    { timeUnixNano: '1790000000500000000', name: 'gen_ai.user.message', attributes: [text('content', url)] },
  ],
}

t.test('no answer carries media as text; every one says what was there', async (t) => {
  const service = await realService(t)
  const sent = await service.as(
    everything,
    'POST',
    '/v1/traces',
    JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    { 'content-type': 'application/json' },
  )
  t.equal(sent.text, '{}')
  const inside = base64.slice(2000, 2060)
  for (const path of [`spans/${span.spanId}`, 'trace', 'trace?view=skeleton', 'trace/summary']) {
    const answer = await service.as(everything, 'GET', `/api/executions/media/${path}`)
    t.equal(answer.status, 200)
    t.notOk(answer.text.includes(inside), path)
  }
  const { json: detail } = await service.as(everything, 'GET', `/api/executions/media/spans/${span.spanId}`)
  t.equal(detail.artifacts.length, 1)
  t.match(detail.artifacts[0], { media_type: 'image/png', size: 6000 })
  t.match(detail.input.messages[0].parts[0].content, /^see \[image\/png, 6000 bytes/)
  t.match(detail.input.messages[0].parts[1], {
    type: 'image',
    size: 6000,
    sha256: detail.artifacts[0].sha256,
  })
  const { rows } = await service.database.ingest.query('select content::text from spans')
  t.ok(rows[0].content.includes(inside), 'stored as it was sent')
})
