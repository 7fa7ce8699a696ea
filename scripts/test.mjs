// Runs the tests on one shared Postgres, which it starts and stops, and ends with `N passed, N failed`.
// Arguments are test files; none means all.
import { spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { register } from 'tsx/esm/api'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** Tests that start services and look at the clock: two at a time, for two cores. */
const loaded = /^test\/(?:contract|emitters|fault|process)\//
/** Test files at a time, of the others: many wait most of the time. */
const JOBS = 3
/** A file that says nothing for so long has failed: seconds. */
const timeout = process.env.TEST_FAULT === 'full' ? '1800' : '300'

/** Memory that looks like a disk: hundreds of databases of hundreds of files each take a disk minutes. */
const MEMORY = '/dev/shm'
/** Bytes that it must have left: what a run holds at most, several times over. */
const MEMORY_BYTES = 4 * 2 ** 30
const inMemory = hasMemory()
const scratch = mkdtempSync(join(inMemory ? MEMORY : tmpdir(), 'workflow-trace-test-'))
let server = null
let result = { passed: 0, failed: 1 }
try {
  server = await startPostgres()
  result = await runAll(process.argv.slice(2))
} catch (error) {
  process.stdout.write(`${error.stack ?? error}\n`)
} finally {
  await server?.stop()
  rmSync(scratch, { recursive: true, force: true })
}
process.stdout.write(`\n${result.passed} passed, ${result.failed} failed\n`)
process.exit(result.failed === 0 ? 0 : 1)

/** The embedded one, without fsync: what it loses with the machine nobody misses. TEST_DATABASE_URL instead if set. */
async function startPostgres() {
  if (process.env.TEST_DATABASE_URL) return null
  process.stdout.write('starting Postgres for the tests …\n')
  register()
  const { startEmbedded } = await import('../src/store/embedded/index.ts')
  const log = { info() {}, warn: console.error, error: console.error }
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '200' }
  const started = await startEmbedded({ dataDir: join(scratch, 'data'), log, settings })
  process.stdout.write(`Postgres ${started.version} runs\n`)
  process.env.TEST_DATABASE_URL = started.url
  // from memory to memory the files are copied sooner than logged; PostgreSQL 14 knows no other way
  if (inMemory && Number.parseInt(started.version, 10) >= 15) process.env.TEST_DATABASE_COPY = 'file_copy'
  return started
}

function hasMemory() {
  try {
    accessSync(MEMORY, constants.W_OK)
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize >= MEMORY_BYTES
  } catch {
    return false
  }
}

async function runAll(given) {
  const files = given.length > 0 ? given : testFiles('test')
  if (files.length === 0) throw new Error('there are no test files')
  const sum = { passed: 0, failed: 0 }
  for (const [part, jobs] of [
    [files.filter((file) => loaded.test(file)), 2],
    [files.filter((file) => !loaded.test(file)), JOBS],
  ]) {
    if (part.length === 0) continue
    const { passed, failed } = await runTap(part, jobs)
    sum.passed += passed
    sum.failed += failed
  }
  return sum
}

async function runTap(files, jobs) {
  const record = join(scratch, 'tests.tap')
  const options = ['--disable-coverage', '--jobs', String(jobs), '--timeout', timeout]
  // A terminal gets tap's moving picture; a log gets the record itself.
  const drawn = process.stdout.isTTY ? ['--reporter', 'base', '--output-file', record] : ['--reporter', 'tap']
  const tap = join(root, 'node_modules/tap/dist/esm/run.mjs')
  const stdio = ['inherit', process.stdout.isTTY ? 'inherit' : 'pipe', 'inherit']
  const child = spawn(process.execPath, [tap, 'run', ...options, ...drawn, ...files], { cwd: root, stdio })
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text)
    said = (said + text).slice(-10_000)
  })
  // A terminal's Ctrl-C reaches tap too; this process stays until it can stop Postgres.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  const counted = countOf(process.stdout.isTTY ? readFileSync(record, 'utf8') : said)
  if (code !== 0 && counted.failed === 0) return { ...counted, failed: 1 }
  return counted
}

/** tap ends its record with `# { total: 25, pass: 24, fail: 1 }`, counting assertions. */
function countOf(record) {
  const last = record.match(/^# \{ total: .*\}$/gm)?.at(-1) ?? ''
  const number = (name) => Number(last.match(new RegExp(`${name}: (\\d+)`))?.[1] ?? 0)
  // An assertion-free run proves nothing.
  return number('pass') === 0
    ? { passed: 0, failed: Math.max(1, number('fail')) }
    : { passed: number('pass'), failed: number('fail') }
}

function testFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return testFiles(path)
      return /\.test\.tsx?$/.test(entry.name) ? [path] : []
    })
    .sort()
}
