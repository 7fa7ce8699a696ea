import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { dump } from '../helpers/dump.ts'
import { realService } from '../http/real-service.ts'

t.setTimeout(180_000)
const SECRET = 'zebra-482915'
const folder = mkdtempSync(join(tmpdir(), 'trace-rescrub-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'config.yaml')
writeFileSync(
  file,
  `redaction:\n  rules:\n    - name: zebra\n      pattern: 'zebra-[0-9]{6}'\n      keywords: ['zebra-']\n`,
)

const { as, database } = await realService(t)
const json = { 'content-type': 'application/json' }
const writer = { scope: 'traces:write traces:delete', sub: 'writer' }
let count = 0
/** One span of an execution, `agoMs` ago; its name and a prompt hold the secret, unless it is clean. */
async function send(execution: string, note: string, agoMs = 60_000): Promise<void> {
  const start = Date.now() - agoMs
  const span = {
    traceId: (++count).toString(16).padStart(32, '0'),
    spanId: '1'.padStart(16, '0'),
    name: note,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + 5}000000`,
    attributes: [
      { key: 'workflow.execution.id', value: { stringValue: execution } },
      { key: 'workflow.id', value: { stringValue: 'flow' } },
      { key: 'input.value', value: { stringValue: `use ${note}` } },
    ],
  }
  const { status, text } = await as(
    writer,
    'POST',
    '/v1/traces',
    { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] },
    json,
  )
  if (status !== 200 || text !== '{}') throw new Error(`${status} ${text}`)
}
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
async function redact(...args: string[]) {
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: database.url.replace('@/', '@localhost/'),
    TRACE_CONFIG: file,
  }
  const done = await promisify(execFile)(process.execPath, [cli, 'redact', ...args], {
    env,
  }).catch((error) => error)
  const out = String(done.stdout)
  return { out, err: String(done.stderr), report: out.startsWith('{') ? JSON.parse(out) : null }
}
const holding = async () =>
  [...(await dump(database.work))].filter(([, all]) => all.includes(SECRET)).map(([table]) => table)
const spansHolding = async () => {
  const { rows } = await database.work.query<{ name: string }>(
    `select name from spans where name like '%zebra-%' order by name`,
  )
  return rows.map(({ name }) => name)
}

/** Roll-ups go on beside it; afterwards nothing but a re-scrub changes anything. */
async function settled(): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { rowCount } = await database.work.query('select from dirty_traces limit 1')
    if (rowCount === 0) return
    await wait(100)
  }
  throw new Error('marks are never settled')
}
/** As if what has this name had arrived so long ago. */
const arrived = (name: string, ago: string) =>
  database.work.query('update spans set received_at = now() - $2::interval where name = $1', [name, ago])

t.test('--dry-run writes nothing; --since and --until go by arrival, not by start', async (t) => {
  const [long, hour] = [5 * 3_600_000, 3_600_000]
  await send('first', `first ${SECRET}`, long)
  await arrived(`first ${SECRET}`, '5 hours')
  await send('old', `old ${SECRET}`, 3 * hour)
  await arrived(`old ${SECRET}`, '3 hours')
  await send('late', `late ${SECRET}`, 3 * hour)
  await send('new', `new ${SECRET}`)
  await settled()
  // what ended is counted ten seconds later, whoever looks
  await database.work.query('update executions set counted = true')
  const before = await dump(database.work)
  const dry = await redact('--since', '1d', '--dry-run')
  t.match(dry.report, { dry_run: true, spans: { seen: 4, changed: 4 } }, dry.err)
  t.ok(dry.report.rules.zebra >= 8)
  t.notMatch(dry.out + dry.err, SECRET)
  t.strictSame(await dump(database.work), before, 'nothing was written')
  const part = await redact('--since', '4h', '--until', '1h')
  t.match(part.report, { dry_run: false, spans: { seen: 1, changed: 1 } }, part.err)
  t.notMatch(part.out + part.err, SECRET)
  t.strictSame(await spansHolding(), [`first ${SECRET}`, `late ${SECRET}`, `new ${SECRET}`])
  const same = await redact('--since', '4h', '--until', '1h')
  t.match(same.report, { spans: { seen: 0, changed: 0 } }, 'and none of them twice')
})

t.test('two processes at once: one at a time works, each span is changed once', async (t) => {
  for (let i = 0; i < 20; i++) await send(`run-${i}`, `span ${i} ${SECRET}`)
  const both = await Promise.all([redact('--since', '1d'), redact('--since', '1d')])
  const done = both.filter(({ report }) => report !== null)
  t.ok(done.length >= 1)
  for (const { report, err } of both) if (report === null) t.match(err, /already|another/i)
  t.equal(
    done.reduce((sum, { report }) => sum + report.spans.changed, 0),
    23,
    'each span once: twenty, and the three that were out of time before',
  )
  t.strictSame(await spansHolding(), [])
})

t.test('beside running ingest nothing is lost, and what came before it is clean', async (t) => {
  for (let i = 0; i < 30; i++) await send(`before-${i}`, `before ${i} ${SECRET}`)
  let over = false
  let clean = 0
  const sending = (async () => {
    while (!over) await send(`beside-${clean}`, `beside ${clean++}`).then(() => wait(5))
  })()
  const { report, err } = await redact('--since', '1d')
  over = true
  await sending
  t.match(report, { spans: { changed: 30 } }, err)
  t.ok(clean > 0, `${clean} came meanwhile`)
  t.strictSame(await spansHolding(), [])
  const { rows } = await database.work.query<{ count: number }>(
    `select count(*)::int as count from spans where name like 'beside %'`,
  )
  t.equal(rows[0]?.count, clean)
})

t.test('an erasure that holds a secret in its name', async (t) => {
  await send(`gone ${SECRET}`, 'nothing else')
  const path = `/api/executions/${encodeURIComponent(`gone ${SECRET}`)}`
  const erased = await as({ ...writer, scope: 'traces:read traces:delete' }, 'DELETE', path)
  t.ok(erased.status < 300, erased.text)
  t.ok((await holding()).includes('erasures'))
  const { report, err } = await redact('--since', '1d')
  t.ok(report, err)
  t.strictSame(
    (await holding()).filter((table) => table !== 'audit_log'),
    [],
  )
})
