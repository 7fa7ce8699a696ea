import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { dump } from '../helpers/dump.ts'
import { realService } from '../http/real-service.ts'
import { bearer } from '../http/service.ts'
import { formatExamples } from './examples/formats.ts'
import { secretExamples } from './examples/secrets.ts'

// a server of its own: its files are read, too
delete process.env.TEST_DATABASE_URL
const { app, as, database, parts, log } = await realService(t)
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

const json = { 'content-type': 'application/json' }

/** A log record for each secret: in its body, its name, its attributes. */
async function sendLogs(): Promise<void> {
  const logRecords = examples.map(({ text: secret }, i) => ({
    traceId: (1).toString(16).padStart(32, 'a'),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    timeUnixNano: `${Date.now()}000000`,
    eventName: i % 2 === 0 ? 'gen_ai.choice' : `gen_ai.${secret}`,
    body: text(secret),
    attributes: [...attribute('exception.message', secret), ...attribute(secret, 'key')],
  }))
  const resourceLogs = [{ scopeLogs: [{ logRecords }] }]
  const { status } = await as(
    { scope: 'traces:write', sub: 'logger' },
    'POST',
    '/v1/logs',
    { resourceLogs },
    json,
  )
  if (status !== 200) throw new Error(`logs: ${status}`)
}

/** One artifact for each secret: in its text, its name, and now and then in its ids. */
async function upload(): Promise<void> {
  for (const [i, { text: secret }] of examples.entries()) {
    const id = i % 5 === 0 && secret.length < 200 ? encodeURIComponent(secret) : `file-${i}`
    const { status, text: said } = await as(
      { scope: 'artifacts:write', sub: 'uploader' },
      'PUT',
      `/api/executions/uploads/artifacts/${id}`,
      `line\n${secret}\nend\n`,
      {
        'content-type': 'text/plain',
        'x-artifact-name': encodeURIComponent(secret.slice(0, 200)),
        'x-workflow-id': 'flow',
      },
    )
    if (status !== 201 && status !== 409 && status !== 200) throw new Error(`artifact: ${status} ${said}`)
  }
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
  const sent = await as(writer, 'POST', '/v1/traces', { resourceSpans }, json)
  t.match(sent, { status: 200, text: '{}' })

  await sendLogs()
  await upload()

  let stored = 0
  for (const [name, all] of await dump(database.work)) {
    stored += all.length
    t.strictSame(surviving(all), [], `table ${name}`)
  }
  t.ok(stored > 100_000, 'something was looked at')

  await database.work.query('checkpoint')
  const { rows } = await database.work.query<{ data: string; oid: string }>(
    `select current_setting('data_directory') as data, oid::text from pg_database where datname = current_database()`,
  )
  const { data = '', oid = '' } = rows[0] ?? {}
  let bytes = 0
  for (const folder of [join(data, 'base', oid), join(data, 'pg_wal')]) {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name)
      if (!statSync(path).isFile()) continue
      const content = readFileSync(path, 'latin1')
      bytes += content.length
      t.strictSame(surviving(content), [], `file ${name}`)
    }
  }
  t.ok(bytes > 1_000_000, 'files were read')
  t.strictSame(surviving(readFileSync(join(data, '..', 'postgres.log'), 'latin1')), [], "the server's log")

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
  // of every role, and as server-sent events
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  for (const scope of [
    'traces:read',
    'traces:read content:read',
    'traces:read artifacts:read',
    'traces:read admin',
  ]) {
    for (const [i, { id }] of rows.slice(0, 8).entries()) {
      const path = `/api/executions/${encodeURIComponent(id)}`
      for (const rest of ['/trace', '/trace/summary', '/trace/export']) {
        answers.push((await as({ scope, sub: `${scope} ${i}` }, 'GET', path + rest)).text)
      }
      answers.push(await events(`${url}${path}/trace/stream`, scope))
    }
  }
  t.match(answers.join(''), /^event: /m, 'events came')
  const { rows: files } = await database.work.query<{ id: string }>('select artifact_id as id from artifacts')
  t.ok(files.length > examples.length / 2)
  for (const { id } of files.slice(0, 30)) {
    const got = await as(
      { scope: 'artifacts:read', sub: id },
      'GET',
      `/api/artifacts/${encodeURIComponent(id)}/download`,
    )
    answers.push(JSON.stringify(got.headers), got.text)
  }
  t.strictSame(surviving(answers.join('\n')), [])
  t.match(answers.join(), /\[redacted:/)
})

/** What a stream says within a moment. */
async function events(url: string, scope: string): Promise<string> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), 400)
  let said = ''
  try {
    const { body } = await fetch(url, { headers: bearer({ scope, sub: url }), signal: stop.signal })
    for await (const chunk of body ?? []) said += Buffer.from(chunk).toString()
  } catch {
    // it was ended
  }
  clearTimeout(timer)
  return said
}
