import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { launchBrowser } from '../helpers/browser.ts'
import { dump } from '../helpers/dump.ts'
import { realService } from '../http/real-service.ts'
import { bearer, token } from '../http/service.ts'
import { Canaries, examplesByRule } from './canaries.ts'
import { canaryExport, EXECUTION } from './canary-export.ts'
import { readTab } from './canary-tab.ts'

// a server of its own: its files are read, too
delete process.env.TEST_DATABASE_URL
t.setTimeout(180_000)
const { app, as, database, parts, log } = await realService(t)
const canaries = new Canaries()
const { traces, logs, uploads } = canaryExport(canaries)
const json = { 'content-type': 'application/json' }

/** What of an answer a search must see as it was sent: escapes of JSON hide nothing that has letters and digits only. */
const found = (where: string | Buffer) => canaries.find(where)

t.test('the search sees every secret that is sent', async (t) => {
  const sent = [traces, logs].map((one) => JSON.stringify(one))
  const uploaded = uploads.map(
    ({ id, headers, body }) => [id, ...Object.values(headers)].map(decodeURIComponent).join() + body,
  )
  const raw = JSON.stringify(traces).matchAll(/"bytesValue":"([^"]+)"/g)
  const seen = new Set(
    [
      ...sent,
      ...uploaded,
      ...[...raw].map(([, one]) => Buffer.from(one as string, 'base64').toString('latin1')),
    ].flatMap(found),
  )
  t.equal(seen.size, canaries.size)
  t.ok(canaries.size > examplesByRule.length * 40, `${canaries.size} secrets`)
})

t.test('no secret that came in is stored, logged or counted by', async (t) => {
  const writer = { scope: 'traces:write artifacts:write', sub: 'writer' }
  const spans = await as(writer, 'POST', '/v1/traces', traces, json)
  t.match(spans, { status: 200, text: '{}' })
  t.match(await as(writer, 'POST', '/v1/logs', logs, json), { status: 200, text: '{}' })
  for (const { id, headers, body } of uploads) {
    const path = `/api/executions/${EXECUTION}/artifacts/${id}`
    const { status, text } = await as({ ...writer, sub: id.slice(0, 40) }, 'PUT', path, body, headers)
    t.equal(status, 201, text)
  }

  let stored = 0
  for (const [name, all] of await dump(database.work)) {
    stored += all.length
    t.strictSame(found(all), [], `table ${name}`)
  }
  t.ok(stored > 300_000, `${stored} characters were looked at`)

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
      const content = readFileSync(path)
      bytes += content.length
      t.strictSame(found(content), [], `file ${name}`)
    }
  }
  t.ok(bytes > 1_000_000, 'files were read')
  t.strictSame(found(readFileSync(join(data, '..', 'postgres.log'))), [], "the server's log")
  t.strictSame(found(log.join('')), [], 'log')
  const metrics = await parts.metrics.registry.metrics()
  t.strictSame(found(metrics), [], 'metrics')
  t.match(metrics, /trace_redactions_total\{rule="github-pat"\} [1-9]/)
  t.notMatch(metrics, /rule="failed"/)
})

const roles = [
  'traces:read',
  'traces:read content:read',
  'traces:read artifacts:read',
  'traces:read content:read artifacts:read content:reveal admin',
]
let asked = 0
/** What a path answers to a role; every time to another subject, for the limit is not what this is about. */
async function answer(scope: string, path: string, method = 'GET', body?: object): Promise<string> {
  const { status, headers, text } = await as({ scope, sub: `reader ${asked++}` }, method, path, body)
  if (status >= 500) throw new Error(`${path}: ${status}`)
  return `${JSON.stringify(headers)}\n${text}`
}

let url = ''
t.test('nor in an answer of any role', async (t) => {
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  const { rows } = await database.work.query<{ id: string; workflow: string; trace: string }>(
    `select execution_id as id, workflow_id as workflow from executions where not fallback`,
  )
  t.ok(rows.length > examplesByRule.length, `${rows.length} executions`)
  const { rows: files } = await database.work.query<{ id: string }>('select artifact_id as id from artifacts')
  t.equal(files.length, examplesByRule.length)
  const spans = examplesByRule.map((_, i) => (i + 1).toString(16).padStart(16, '0'))
  const main = `/api/executions/${EXECUTION}`
  for (const scope of roles) {
    const all: string[] = [
      await answer(scope, '/api/workflows'),
      await answer(scope, '/api/audit'),
      await answer(scope, '/api/workflows/canary/executions?q=redacted'),
      await answer(scope, '/api/workflows/canary/stats'),
      await answer(scope, `${main}/trace?view=skeleton&q=redacted`),
      await answer(scope, `${main}/compare/${rows.find(({ id }) => id !== EXECUTION)?.id}`),
    ]
    for (const [i, { id, workflow }] of rows.entries()) {
      const path = `/api/executions/${encodeURIComponent(id)}`
      if (i % 6 !== 0 && id !== EXECUTION) continue
      all.push(await answer(scope, `${path}/trace/summary`))
      all.push(await answer(scope, `/api/workflows/${encodeURIComponent(workflow)}/executions`))
      for (const rest of ['/trace?limit=500', '/trace?view=skeleton&limit=10000', '/trace/export']) {
        all.push(await answer(scope, path + rest))
      }
    }
    if (!scope.endsWith('artifacts:read')) {
      for (const span of spans) all.push(await answer(scope, `${main}/spans/${span}`))
    }
    for (const { id } of scope.includes('artifacts') ? files : [])
      all.push(await answer(scope, `/api/artifacts/${encodeURIComponent(id)}/download`))
    all.push(await events(`${url}${main}/trace/stream`, scope))
    t.match(all.at(-1), /^event: /m, 'events came')
    if (scope.includes('reveal')) {
      for (const span of spans)
        all.push(await answer(scope, `${main}/spans/${span}/reveal`, 'POST', { reason: 'look' }))
      all.push(await answer(scope, '/api/audit'))
    }
    const joined = all.join('\n')
    t.strictSame(found(joined), [], `${scope}: ${joined.length} characters`)
    t.match(joined, /\[redacted:/)
  }
})

const browser = await launchBrowser()
t.test('nor in the DOM of the tab', { skip: browser ? false : 'no browser here' }, async (t) => {
  if (!browser) return
  t.teardown(() => browser.close())
  const { rows } = await database.work.query<{ id: string; workflow: string }>(
    `select execution_id as id, workflow_id as workflow from executions where not fallback order by 1`,
  )
  const { workflow = '' } = rows.find(({ id }) => id === EXECUTION) ?? {}
  const other = rows.find((row) => row.id !== EXECUTION)?.id ?? ''
  const reader = token({ scope: roles.at(-1), sub: 'tab' })
  const doms = await readTab(browser, { url, token: reader, workflow, execution: EXECUTION, other })
  for (const [place, dom] of doms) t.strictSame(found(dom), [], `${place}: ${dom.length} characters`)
  t.match([...doms.values()].join('\n'), /\[redacted:/)
  t.ok(doms.size > 20, `${doms.size} places were looked at`)
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
