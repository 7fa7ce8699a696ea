import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import t, { type Test } from 'tap'
import { accountFor } from '../../src/store/embedded/account.ts'
import { findBinaries } from '../../src/store/embedded/binaries.ts'
import { type Embedded, startEmbedded } from '../../src/store/embedded/index.ts'
import { launch } from '../../src/store/embedded/postmaster.ts'
import { isAlive, processesIn } from '../../src/store/embedded/processes.ts'
import { serverSettings } from '../../src/store/embedded/settings.ts'
import { silent } from '../helpers/database.ts'

// Every start makes a cluster or recovers one: milliseconds.
t.setTimeout(150_000)

const isRoot = process.getuid?.() === 0
const program = fileURLToPath(new URL('../helpers/embedded-service.ts', import.meta.url))

/** A folder that only its owner enters, as a home directory is. */
function privateFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function start(t: Test, dataDir: string, binaries: 'auto' | 'package' = 'auto'): Promise<Embedded> {
  const started = await startEmbedded({ dataDir, binaries, log: silent })
  t.teardown(() => started.stop())
  return started
}

interface Said {
  url: string
  pid: number
  message: string
}

/** The service in a process of its own, below `prefix`. */
async function service(t: Test, dataDir: string, prefix: string[] = []): Promise<[ChildProcess, Said]> {
  const [command = '', ...rest] = [...prefix, process.execPath, '--import=tsx', program, dataDir]
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const [line] = await once(createInterface(child.stdout as NodeJS.ReadableStream), 'line')
  return [child, JSON.parse(line) as Said]
}

t.test('the package alone is enough: below a 0700 folder, in a long path, again and again', async (t) => {
  const dataDir = join(privateFolder(t), 'a long name that no socket could have '.repeat(3), 'data')
  const first = await start(t, dataDir, 'package')
  t.match(first.version, /^17\./)
  t.equal(statSync(dataDir).mode & 0o777, 0o700)
  t.not(statSync(`/proc/${first.pid}`).uid, 0, 'never as root')
  const group = readFileSync(`/proc/${first.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2]
  t.equal(Number(group), first.pid, 'in a process group of its own')
  await query(first.url, 'create table kept (id int); insert into kept values (1)')
  t.strictSame(
    await query(first.url, `select current_setting('fsync') as f, current_setting('listen_addresses') as l`),
    [{ f: 'on', l: '' }],
  )
  await first.stop()
  t.notOk(isAlive(first.pid))
  const again = await start(t, dataDir, 'package')
  t.equal(again.url, first.url)
  t.strictSame(await query(again.url, 'select id from kept'), [{ id: 1 }])
})

t.test('one directory, one service', async (t) => {
  const dataDir = privateFolder(t)
  const [[, first], [, second]] = await Promise.all([service(t, dataDir), service(t, dataDir)])
  const [winner, loser] = first.url ? [first, second] : [second, first]
  t.ok(winner.url)
  t.match(loser.message, /in use by another workflow-trace \(process \d+\)/)
  await t.rejects(start(t, dataDir), { name: 'DatabaseUnusable', message: /TRACE_DATA_DIR/ })
})

t.test('kill -9 of the postmaster and all its children: it comes back with what was committed', async (t) => {
  const dataDir = privateFolder(t)
  const server = await start(t, dataDir)
  await query(server.url, 'create table kept (id int); insert into kept select generate_series(1, 1000)')
  const before = server.pid
  for (const pid of processesIn(join(dataDir, 'postgres'))) process.kill(pid, 'SIGKILL')
  let rows: unknown[] = []
  for (let tries = 0; rows.length === 0 && tries < 400; tries++) {
    await wait(50)
    rows = await query(server.url, 'select count(*)::int as n from kept').catch(() => [])
  }
  t.strictSame(rows, [{ n: 1000 }])
  t.not(server.pid, before)
  await server.stop()
  t.strictSame(processesIn(join(dataDir, 'postgres')), [])
})

t.test('kill -9 of the service, alone and with its Postgres: the next start recovers', async (t) => {
  const dataDir = privateFolder(t)
  for (const withPostgres of [false, true]) {
    const [child, said] = await service(t, dataDir)
    await query(said.url, 'create table if not exists kept (id int); insert into kept values (1)')
    if (withPostgres) for (const pid of processesIn(join(dataDir, 'postgres'))) process.kill(pid, 'SIGKILL')
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const server = await start(t, dataDir)
  t.strictSame(await query(server.url, 'select count(*)::int as n from kept'), [{ n: 2 }])
})

t.test('SIGTERM ends both', async (t) => {
  const dataDir = privateFolder(t)
  const [child, said] = await service(t, dataDir)
  child.kill('SIGTERM')
  t.strictSame(await once(child, 'exit'), [0, null])
  t.notOk(isAlive(said.pid))
})

t.test(
  'a postmaster that outlived its service is stopped, and a reused number does not stand in the way',
  async (t) => {
    const dataDir = privateFolder(t)
    await (await start(t, dataDir)).stop()
    const folder = join(dataDir, 'postgres')
    const binaries = await findBinaries(
      'auto',
      Number(readFileSync(join(folder, 'PG_VERSION'), 'utf8')),
      dataDir,
    )
    const account = accountFor(statSync(folder), [folder, binaries.folder], dataDir)
    // Without the signal that it gets when its parent dies: as on macOS.
    account.prefix = account.prefix.map((word) => (word === 'INT' ? 'clear' : word))
    const settings = serverSettings(join(dataDir, 'socket'))
    const orphan = await launch({
      folder,
      logFile: join(dataDir, 'postgres.log'),
      binaries,
      account,
      settings,
    })
    const server = await start(t, dataDir)
    t.notOk(isAlive(orphan.pid))
    t.strictSame(await query(server.url, 'select 1 as one'), [{ one: 1 }])
    await server.stop()
    writeFileSync(join(folder, 'postmaster.pid'), `${process.pid}\n${folder}\n1\n5432\n\n\n0 0\nready\n`)
    const later = await start(t, dataDir)
    t.strictSame(await query(later.url, 'select 1 as one'), [{ one: 1 }])
  },
)

t.test('what cannot work is one line that says what to do', async (t) => {
  const dataDir = privateFolder(t)
  mkdirSync(join(dataDir, 'postgres'))
  await t.rejects(start(t, dataDir), {
    name: 'DatabaseUnusable',
    message: /holds no cluster.*TRACE_DATA_DIR/,
  })
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '9.6\n')
  await t.rejects(start(t, dataDir), { message: /made by PostgreSQL 9,.*found: \d+.*install PostgreSQL 9/ })
  const file = join(dataDir, 'file')
  writeFileSync(file, '')
  await t.rejects(start(t, join(file, 'data')), { message: /^TRACE_DATA_DIR .* cannot be used: ENOTDIR/ })
})

t.test('a start that was killed half way leaves nothing in the way', async (t) => {
  const dataDir = privateFolder(t)
  mkdirSync(join(dataDir, 'postgres.new'))
  writeFileSync(join(dataDir, 'postgres.new', 'half'), '')
  writeFileSync(
    join(dataDir, 'service.lock'),
    JSON.stringify({ pid: process.pid, start: 'an earlier process' }),
  )
  mkdirSync(join(dataDir, 'service.lock.takeover'))
  utimesSync(join(dataDir, 'service.lock.takeover'), 1, 1)
  const server = await start(t, dataDir)
  t.strictSame(await query(server.url, 'select 1 as one'), [{ one: 1 }])
})

if (isRoot && process.platform === 'linux') {
  t.test('root without the capability: fine where the way is open, else one line', async (t) => {
    const without = [
      '/usr/bin/setpriv',
      '--bounding-set',
      '-dac_read_search',
      '--inh-caps',
      '-dac_read_search',
    ]
    const parent = privateFolder(t)
    const [, closed] = await service(t, join(parent, 'data'), without)
    t.match(
      closed.message,
      /^Running as root without the capability dac_read_search.* cannot reach .*embedded-.*TRACE_DATA_DIR/,
    )
    chmodSync(parent, 0o711)
    const [, open] = await service(t, join(parent, 'data'), without)
    t.strictSame(await query(open.url, 'select 1 as one'), [{ one: 1 }])
  })
}
