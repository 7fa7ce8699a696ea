import type { Canaries } from './canaries.ts'
import { examplesByRule } from './canaries.ts'

const text = (value: string) => ({ stringValue: value })
const attribute = (key: string, value: string) => ({ key, value: text(value) })
const messages = (role: string, content: string) =>
  JSON.stringify([{ role, parts: [{ type: 'text', content }] }])
const ns = (ms: number) => `${ms}000000`
const id = (n: number, size: number, fill = '0') => n.toString(16).padStart(size, fill)

/** The execution that all spans but those with secrets in their ids belong to. */
export const EXECUTION = 'canary-run'
const TRACE = 'c'.repeat(32)
/** An id is cut there: what a test looks for must stand before. */
const ID_SIZE = 250

/** What takes a secret for a place; `most` = how many characters of it are kept. */
type Take = (place: string, most?: number) => string

/** One span with a secret of its own in every position that takes a stranger's text. */
function spanOf(i: number, take: Take, now: number) {
  const deep = {
    kvlistValue: {
      values: [
        { key: 'a', value: { arrayValue: { values: [text(take('array in kvlist'))] } } },
        { key: take('key of a kvlist'), value: text('b') },
      ],
    },
  }
  const attributes = [
    attribute('workflow.execution.id', EXECUTION),
    attribute('workflow.id', 'canary'),
    attribute('gen_ai.operation.name', 'chat'),
    attribute('note', take('attribute')),
    attribute(take('attribute key'), 'note'),
    { key: 'deep', value: deep },
    { key: 'raw', value: { bytesValue: Buffer.from(take('bytes')).toString('base64') } },
    attribute('input.value', `use ${take('input.value')} now`),
    attribute('gen_ai.input.messages', messages('user', take('input messages'))),
    attribute('gen_ai.output.messages', messages('assistant', take('output messages'))),
    attribute('gen_ai.system_instructions', JSON.stringify([{ type: 'text', content: take('system') }])),
    attribute('gen_ai.provider.name', take('provider')),
    attribute('gen_ai.request.model', take('model')),
    attribute('gen_ai.agent.name', take('agent name')),
    attribute('gen_ai.tool.call.id', take('tool call id')),
    attribute('url.full', `https://example.com/${take('url')}`),
    attribute('workflow.artifact.ids', take('artifact ids', ID_SIZE)),
    attribute('gen_ai.response.id', take('response id')),
    attribute('gen_ai.response.finish_reasons', take('finish reason')),
    attribute('gen_ai.tool.name', take('tool name')),
    attribute('gen_ai.tool.call.arguments', JSON.stringify({ q: take('tool arguments') })),
    attribute('workflow.node.id', take('node id', ID_SIZE)),
    attribute('workflow.node.name', take('node name')),
    attribute('gen_ai.conversation.id', take('thread id', ID_SIZE)),
    attribute('user.id', take('user id', ID_SIZE)),
    attribute('error.type', take('error type')),
  ]
  const link = { traceId: 'e'.repeat(32), spanId: 'f'.repeat(16) }
  const own = {
    traceId: TRACE,
    spanId: id(i + 1, 16),
    ...(i === 0 ? {} : { parentSpanId: id(1, 16) }),
    name: take('name'),
    traceState: `k=${take('trace state')}`,
    status: { code: 2, message: `failed with ${take('status message')}` },
    startTimeUnixNano: ns(now - 60_000 + i),
    endTimeUnixNano: ns(now - 60_000 + i + 5),
    attributes,
    events: [
      {
        name: take('event name'),
        timeUnixNano: ns(now),
        attributes: [attribute('a', take('event attribute')), attribute(take('event key'), 'a')],
      },
      {
        name: 'exception',
        timeUnixNano: ns(now),
        attributes: [
          attribute('exception.message', take('exception message')),
          attribute('exception.stacktrace', `at ${take('stack trace')}`),
        ],
      },
    ],
    links: [
      {
        ...link,
        traceState: `k=${take('link trace state')}`,
        attributes: [attribute('a', take('link attribute')), attribute(take('link key'), 'a')],
      },
    ],
  }
  const scope = {
    name: take('scope name'),
    version: take('scope version'),
    attributes: [attribute('a', take('scope attribute')), attribute(take('scope key'), 'a')],
  }
  return {
    resource: {
      attributes: [
        attribute('process.command_line', `run ${take('resource attribute')}`),
        attribute(take('resource key'), 'a'),
      ],
    },
    schemaUrl: take('resource schema url'),
    scopeSpans: [{ scope, schemaUrl: `https://example.com/${take('scope schema url')}`, spans: [own] }],
  }
}

/** One span whose execution and workflow are named by secrets, and the artifact that it refers to. */
function namedSpan(i: number, take: Take, now: number) {
  const span = {
    traceId: id(i + 1, 32, 'a'),
    spanId: id(i + 1, 16),
    name: 'named',
    startTimeUnixNano: ns(now),
    endTimeUnixNano: ns(now + 5),
    attributes: [
      attribute('workflow.execution.id', take('execution id', ID_SIZE)),
      attribute('workflow.id', take('workflow id', ID_SIZE)),
      attribute('workflow.name', take('workflow name', ID_SIZE)),
      attribute(
        'workflow.artifacts',
        JSON.stringify([{ id: take('reference id', ID_SIZE), name: take('reference name', ID_SIZE) }]),
      ),
    ],
  }
  return { scopeSpans: [{ spans: [span] }] }
}

/** One log record of a span of the execution. */
function logOf(i: number, take: Take, now: number) {
  const record = {
    traceId: TRACE,
    spanId: id(i + 1, 16),
    timeUnixNano: ns(now),
    severityText: take('severity'),
    eventName: i % 2 === 0 ? 'gen_ai.choice' : `gen_ai.${take('log event name')}`,
    body:
      i % 3 === 0
        ? { kvlistValue: { values: [attribute('content', take('log body'))] } }
        : text(take('log body')),
    attributes: [attribute('exception.message', take('log attribute')), attribute(take('log key'), 'key')],
  }
  return {
    resource: { attributes: [attribute('a', take('log resource'))] },
    scopeLogs: [{ scope: { name: take('log scope') }, logRecords: [record] }],
  }
}

export interface Upload {
  id: string
  headers: Record<string, string>
  body: string
}

function uploadOf(take: Take): Upload {
  const header = (place: string) => encodeURIComponent(take(place, 200))
  return {
    id: encodeURIComponent(take('artifact id', 200)),
    headers: {
      'content-type': 'text/plain',
      'x-artifact-name': header('artifact name'),
      'x-workflow-id': header("artifact's workflow"),
    },
    body: `line\n${take('artifact text')}\nend\n`,
  }
}

/** Every rule times every position, each with a secret of its own: what a sender sends of it. */
export function canaryExport(canaries: Canaries) {
  const now = Date.now()
  const spans: object[] = []
  const logs: object[] = []
  const uploads: Upload[] = []
  for (const [i, [rule, examples]] of examplesByRule.entries()) {
    let turn = 0
    const take: Take = (place, most) => canaries.take(rule, examples, turn++, place, most)
    spans.push(spanOf(i, take, now), namedSpan(i, take, now))
    logs.push(logOf(i, take, now))
    uploads.push(uploadOf(take))
  }
  return { traces: { resourceSpans: spans }, logs: { resourceLogs: logs }, uploads }
}
