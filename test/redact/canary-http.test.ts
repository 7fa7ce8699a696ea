import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { realService } from '../http/real-service.ts'
import { formatExamples } from './examples/formats.ts'
import { secretExamples } from './examples/secrets.ts'

const { as, database, parts, log } = await realService(t)
const examples = Object.values({ ...secretExamples, ...formatExamples }).flatMap(
  ({ true: positives }) => positives,
)

const text = (value: string) => ({ stringValue: value })
const attribute = (key: string, value: string) => [{ key, value: text(value) }]
type Json = Record<string, unknown>
interface Parts {
  span?: Json
  scope?: Json
  resource?: Json
  scopeSpans?: Json
  resourceSpans?: Json
}

/** Every position of an export that takes a stranger's text. */
const positions: ((secret: string) => Parts)[] = [
  (secret) => ({ span: { name: secret } }),
  (secret) => ({ span: { traceState: `k=${secret}` } }),
  (secret) => ({ span: { status: { code: 2, message: `failed with ${secret}` } } }),
  (secret) => ({ span: { attributes: attribute('note', secret) } }),
  (secret) => ({ span: { attributes: attribute(secret, 'note') } }),
  (secret) => ({
    span: {
      attributes: [
        {
          key: 'deep',
          value: {
            kvlistValue: { values: [{ key: 'a', value: { arrayValue: { values: [text(secret)] } } }] },
          },
        },
      ],
    },
  }),
  (secret) => ({
    span: { attributes: [{ key: 'raw', value: { bytesValue: Buffer.from(secret).toString('base64') } }] },
  }),
  (secret) => ({ span: { attributes: attribute('input.value', `use ${secret} now`) } }),
  (secret) => ({
    span: {
      attributes: attribute(
        'gen_ai.input.messages',
        JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: secret }] }]),
      ),
    },
  }),
  (secret) => ({ span: { attributes: attribute('workflow.execution.id', secret.slice(0, 250)) } }),
  (secret) => ({ span: { attributes: attribute('workflow.id', secret.slice(0, 250)) } }),
  (secret) => ({ span: { attributes: attribute('gen_ai.conversation.id', secret.slice(0, 250)) } }),
  (secret) => ({ span: { attributes: attribute('gen_ai.request.model', secret) } }),
  (secret) => ({ span: { events: [{ name: secret, timeUnixNano: '1' }] } }),
  (secret) => ({
    span: {
      events: [
        {
          name: 'exception',
          timeUnixNano: '1',
          attributes: attribute('exception.stacktrace', `at ${secret}`),
        },
      ],
    },
  }),
  (secret) => ({
    span: { links: [{ traceId: 'e'.repeat(32), spanId: 'f'.repeat(16), traceState: `k=${secret}` }] },
  }),
  (secret) => ({
    span: {
      links: [{ traceId: 'e'.repeat(32), spanId: 'f'.repeat(16), attributes: attribute('a', secret) }],
    },
  }),
  (secret) => ({ scope: { name: secret } }),
  (secret) => ({ scope: { name: 's', version: secret } }),
  (secret) => ({ scope: { name: 's', attributes: attribute('a', secret) } }),
  (secret) => ({ scopeSpans: { schemaUrl: `https://example.com/${secret}` } }),
  (secret) => ({ resource: { attributes: attribute('process.command_line', `run ${secret}`) } }),
  (secret) => ({ resourceSpans: { schemaUrl: secret } }),
]

/** Each rule's secrets in as many positions as it takes to use every position several times. */
const PER_RULE = 4
let count = 0
function exportOf(secret: string, put: (typeof positions)[number]) {
  const over = put(secret)
  const spanId = (++count).toString(16).padStart(16, '0')
  const own = {
    traceId: (count >> 6).toString(16).padStart(32, 'a'),
    spanId,
    name: 'n',
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now() + 5}000000`,
    ...over.span,
  }
  const scopeSpans = [{ scope: over.scope ?? { name: 's' }, spans: [own], ...over.scopeSpans }]
  return { resource: over.resource ?? { attributes: [] }, scopeSpans, ...over.resourceSpans }
}

/** What must be nowhere: the secret, or the telling end of it where it has no white space. */
const cores = examples.map(({ secret }) => {
  const end = secret.slice(Math.floor(secret.length / 3))
  return /\s/.test(end) ? secret.split('\n')[1]?.slice(8) || secret : end
})
function surviving(where: string): string[] {
  return examples
    .filter((_, i) => (cores[i] as string).length > 5 && where.includes(cores[i] as string))
    .map(({ text }) => text.slice(0, 24))
}

t.test('no secret that came in is anywhere', async (t) => {
  const resourceSpans = examples.flatMap(({ text }, i) =>
    Array.from({ length: PER_RULE }, (_, k) =>
      exportOf(text, positions[(i * PER_RULE + k) % positions.length] as never),
    ),
  )
  const known = surviving(JSON.stringify(resourceSpans)).length
  t.ok(known > examples.length * 0.7, `the search sees what is sent: ${known} of ${examples.length}`)
  const writer = { scope: 'traces:write', sub: 'writer' }
  const sent = await as(
    writer,
    'POST',
    '/v1/traces',
    { resourceSpans },
    { 'content-type': 'application/json' },
  )
  t.match(sent, { status: 200, text: '{}' })

  const { rows: tables } = await database.work.query<{ name: string }>(
    `select format('%I', relname) as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition`,
  )
  let stored = 0
  for (const { name } of tables) {
    const { rows } = await database.work.query<{ row: string; raw: string }>(
      `select t::text as row from ${name} t`,
    )
    const all = rows.map(({ row }) => row).join('\n')
    stored += all.length
    t.strictSame(surviving(all), [], `table ${name}`)
    // Bytes are shown as hex: contexts and attributes of type bytes are looked at as text, too.
    const hex = [...all.matchAll(/\\+x([0-9a-f]{24,})/g)].map(([, found]) =>
      Buffer.from(found as string, 'hex').toString('latin1'),
    )
    const base64 = [...all.matchAll(/"bytes":"+([A-Za-z0-9+/=]+)/g)].map(([, found]) =>
      Buffer.from(found as string, 'base64').toString('latin1'),
    )
    t.strictSame(surviving([...hex, ...base64].join('\n')), [], `bytes of ${name}`)
  }
  t.ok(stored > 100_000, 'something was looked at')

  await database.work.query('checkpoint')
  const { rows } = await database.work.query<{ folder: string }>(
    `select current_setting('data_directory') || '/base/' || oid as folder from pg_database where datname = current_database()`,
  )
  const folder = rows[0]?.folder ?? ''
  // Of a server on another machine there are no files to read.
  if (existsSync(folder)) {
    for (const file of readdirSync(folder)) {
      t.strictSame(surviving(readFileSync(join(folder, file), 'latin1')), [], `file ${file}`)
    }
  }

  t.strictSame(surviving(log.join('')), [], 'log')
  const metrics = await parts.metrics.registry.metrics()
  t.strictSame(surviving(metrics), [], 'metrics')
  t.match(metrics, /trace_redactions_total\{rule="github-pat"\} [1-9]/)
  t.notMatch(metrics, /rule="failed"/)
})

t.test('nor in an answer', async (t) => {
  const all = { scope: 'traces:read content:read admin content:reveal' }
  const workflows = (await as(all, 'GET', '/api/workflows')).json
  t.ok(workflows.length > 0)
  const { rows } = await database.work.query<{ id: string }>(
    'select execution_id as id from executions limit 40',
  )
  const answers = [JSON.stringify(workflows), (await as(all, 'GET', '/api/audit')).text]
  for (const [i, { id }] of rows.entries()) {
    const path = `/api/executions/${encodeURIComponent(id)}`
    const asking = { ...all, sub: `reader ${i}` }
    for (const rest of ['/trace', '/trace?view=skeleton', '/trace/summary', '/trace/export']) {
      const { status, text } = await as(asking, 'GET', path + rest)
      if (status >= 500) t.fail(`${path}${rest}: ${status}`)
      answers.push(text)
    }
    const { json } = await as(asking, 'GET', `${path}/trace`)
    const first = json?.spans?.[0]?.span_id
    if (first === undefined) continue
    answers.push((await as(asking, 'GET', `${path}/spans/${first}`)).text)
    answers.push((await as(asking, 'POST', `${path}/spans/${first}/reveal`, { reason: 'look' })).text)
  }
  t.ok(answers.length > 50)
  t.strictSame(surviving(answers.join('\n')), [])
  t.match(answers.join(), /\[redacted:/)
})
