import t from 'tap'
import type { AttributeValue } from '../../src/model/attributes.ts'
import type { Span } from '../../src/model/span.ts'
import { createRedactor, redactSpan } from '../../src/redact/index.ts'
import { exampleSpan } from './example-span.ts'
import type { True } from './examples/fake.ts'
import { formatExamples } from './examples/formats.ts'
import { secretExamples } from './examples/secrets.ts'

const redactor = createRedactor({ idKey: Buffer.alloc(32, 3) })
const of = (key: string, value: AttributeValue): Map<string, AttributeValue> => new Map([[key, value]])
const empty = exampleSpan()
const [event, link, artifact, notice] = [
  empty.events[0],
  empty.links[0],
  empty.artifacts[0],
  empty.notices[0],
]
if (!event || !link || !artifact || !notice) throw new Error('the example span has one of each')

const strings = [
  ...([
    'traceState',
    'name',
    'statusMessage',
    'executionId',
    'workflowId',
    'workflowName',
    'threadId',
    'userId',
  ] as const),
  ...([
    'nodeId',
    'nodeName',
    'nodeKind',
    'model',
    'provider',
    'responseId',
    'finishReason',
    'errorType',
  ] as const),
  'errorMessage' as const,
]

/** Every position of a span that a stranger's text can reach, and how to put it there. */
const positions: Record<string, (text: string) => Partial<Span>> = {
  ...Object.fromEntries(strings.map((field) => [field, (text: string) => ({ [field]: text })])),
  'cost.amount': (text) => ({ cost: { amount: text, source: 'reported' } }),
  'artifact.id': (text) => ({ artifacts: [{ ...artifact, id: text }] }),
  'artifact.name': (text) => ({ artifacts: [{ ...artifact, name: text }] }),
  'artifact.mediaType': (text) => ({ artifacts: [{ ...artifact, mediaType: text }] }),
  'artifact.sha256': (text) => ({ artifacts: [{ ...artifact, sha256: text }] }),
  'attribute value': (text) => ({ attributes: of('a', text) }),
  'attribute key': (text) => ({ attributes: of(text, 'a') }),
  'attribute in array in kvlist': (text) => ({ attributes: of('a', [of('b', [['x', text]])]) }),
  'key of kvlist in array': (text) => ({ attributes: of('a', [of(text, true)]) }),
  'attribute bytes': (text) => ({ attributes: of('a', new TextEncoder().encode(text)) }),
  'content value': (text) => ({ content: of('gen_ai.prompt', `please use ${text} for it`) }),
  'content as JSON': (text) => ({
    content: of('m', JSON.stringify([{ role: 'user', content: `see ${text}` }])),
  }),
  'content as escaped JSON': (text) => ({
    content: of('m', JSON.stringify(JSON.stringify({ content: text }))),
  }),
  'content percent-encoded': (text) => ({ content: of('m', `q=${encodeURIComponent(text)}&r=1`) }),
  'event name': (text) => ({ events: [{ ...event, name: text }] }),
  'event attribute': (text) => ({
    events: [{ ...event, attributes: of('exception.stacktrace', `at ${text}`) }],
  }),
  'event attribute key': (text) => ({ events: [{ ...event, attributes: of(text, 1n) }] }),
  'link trace state': (text) => ({ links: [{ ...link, traceState: text }] }),
  'link attribute': (text) => ({ links: [{ ...link, attributes: of('a', text) }] }),
  'resource attribute': (text) => ({
    resource: { ...empty.resource, attributes: of('process.command_line', text) },
  }),
  'resource schema url': (text) => ({ resource: { ...empty.resource, schemaUrl: text } }),
  'scope name': (text) => ({ scope: { ...empty.scope, name: text } }),
  'scope version': (text) => ({ scope: { ...empty.scope, version: text } }),
  'scope attribute': (text) => ({ scope: { ...empty.scope, attributes: of('a', text) } }),
  'scope schema url': (text) => ({ scope: { ...empty.scope, schemaUrl: text } }),
  'notice code': (text) => ({ notices: [{ ...notice, code: text }] }),
  'notice message': (text) => ({ notices: [{ ...notice, message: text }] }),
}

/** Every string of a value, keys and bytes included. */
function dump(value: unknown, out: string[] = []): string[] {
  if (typeof value === 'string') out.push(value)
  else if (value instanceof Uint8Array) out.push(Buffer.from(value).toString('latin1'))
  else if (value instanceof Map) for (const [key, item] of value) dump(item, dump(key, out))
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) dump(item, dump(key, out))
  }
  return out
}

/** True when the secret, or a telling part of it, is anywhere; as it is or in one of its encodings. */
function survives(span: Span, secret: string): boolean {
  const core = secret.slice(Math.floor(secret.length / 3)).replace(/\s/g, '')
  const all = dump(span).join('\u0000')
  const plain = all.replace(/\\+n|\s/g, '')
  return all.includes(secret) || plain.includes(core) || plain.includes(encodeURIComponent(core))
}

const examples = Object.entries({ ...secretExamples, ...formatExamples })
for (const [position, put] of Object.entries(positions)) {
  t.test(position, async (t) => {
    for (const [rule, { true: positives }] of examples) {
      const { text, secret } = positives[0] as True
      const sent = exampleSpan(put(text))
      const { span, counts } = redactSpan(sent, redactor)
      t.notOk(survives(span, secret), rule)
      t.ok(counts.size > 0, `${rule}: counted`)
      const again = redactSpan(span, redactor)
      t.equal(again.span, span, `${rule}: redacting twice changes nothing`)
    }
  })
}

/** Rules with keywords of eight characters and more; docs/redaction.md says what is promised for the others. */
const inBase64 = new Set([
  ...['private-key', 'github-fine-grained', 'slack-webhook', 'rubygems-key', 'discord-webhook', 'brevo-key'],
  ...[
    'gcp-service-account',
    'openai-key',
    'dockerhub-token',
    'azure-account-key',
    'teams-webhook',
    'age-key',
  ],
])

t.test('base64, one level deep', async (t) => {
  for (const [rule, { true: positives }] of examples) {
    const { text, secret } = positives[0] as True
    if (!inBase64.has(rule)) continue
    const encoded = Buffer.from(`{"note":"${text.replaceAll('\n', '\\n')}"}`).toString('base64')
    const { span } = redactSpan(exampleSpan({ content: of('file', `data ${encoded} end`) }), redactor)
    const left = span.content.get('file') as string
    t.notOk(
      Buffer.from(left.split(' ')[1] ?? '', 'base64')
        .toString('latin1')
        .includes(secret.slice(-12)),
      rule,
    )
  }
})

t.test('nothing found, nothing copied', async (t) => {
  const span = exampleSpan()
  const { span: same, counts } = redactSpan(span, redactor)
  t.equal(same, span)
  t.equal(counts.size, 0)
})
