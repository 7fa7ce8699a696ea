// Makes a checkout ready: packages installed, sources built. Plain Node, because nothing is installed yet.
// Does nothing, quickly, when nothing changed. Progress goes to stderr: stdout belongs to what runs next.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (path) => join(root, path)
const installStamp = at('node_modules/.workflow-trace-installed')
const buildStamp = at('dist/.built.json')

/** npm writes its own record of node_modules a moment before or after the lock file: milliseconds. */
const sameInstallMs = 10_000

try {
  checkNode()
  install()
  build(process.argv.includes('--build'))
} catch (error) {
  process.stderr.write(`setup: ${error.message}\n`)
  process.exit(1)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new Error(`Node 20.19 or newer is needed, this is ${process.versions.node}`)
}

function install() {
  const wanted = hashOf(['package-lock.json'])
  if (read(installStamp) === wanted) return
  if (!installedByHand()) {
    // Nothing we use needs install scripts: esbuild, rolldown and biome ship their binaries as packages.
    const flags = ['ci', '--ignore-scripts', '--include=dev', '--include=optional']
    const npm = process.env.npm_execpath ?? ''
    const command = npm.endsWith('.js') ? [process.execPath, npm] : ['npm']
    step('installing packages (npm)', [...command, ...flags, '--no-audit', '--no-fund', '--loglevel=error'])
  }
  writeFileSync(installStamp, wanted)
}

/** True when somebody ran npm since the lock file last changed. */
function installedByHand() {
  const record = statSync(at('node_modules/.package-lock.json'), { throwIfNoEntry: false })
  return record !== undefined && record.mtimeMs + sameInstallMs >= statSync(at('package-lock.json')).mtimeMs
}

function build(always) {
  const built = JSON.parse(read(buildStamp) ?? '{}')
  const packages = ['package-lock.json', 'package.json']
  const service = hashOf([
    'tsconfig.json',
    ...packages,
    ...filesIn('src').filter((file) => !file.startsWith('src/tab/')),
  ])
  if (always || built.service !== service || !existsSync(at('dist/cli.js'))) {
    // What a removed source left in dist must not be found there; the tab's build is kept.
    for (const name of list('dist')) if (name !== 'tab') rmSync(at(`dist/${name}`), { recursive: true })
    step('building the service (tsc)', [
      process.execPath,
      at('node_modules/typescript/bin/tsc'),
      '-p',
      'tsconfig.json',
    ])
    built.service = service
    save(built)
  }
  if (!existsSync(at('src/tab/vite.config.ts'))) return
  const tab = hashOf([...packages, ...filesIn('src/tab'), ...filesIn('src/http/schemas')])
  if (always || built.tab !== tab || !existsSync(at('dist/tab'))) {
    const vite = [
      process.execPath,
      at('node_modules/vite/bin/vite.js'),
      'build',
      '-c',
      'src/tab/vite.config.ts',
    ]
    step('building the tab (vite)', [...vite, '--logLevel', 'warn'])
    built.tab = tab
    save(built)
  }
}

/** Runs one command; its output is shown only when it fails. */
function step(what, [program, ...args]) {
  process.stderr.write(`setup: ${what} …\n`)
  const started = Date.now()
  const done = spawnSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`)
    throw new Error(`${what} failed${done.error ? `: ${done.error.message}` : ''}`)
  }
  process.stderr.write(`setup: ${what}: ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
}

function save(built) {
  mkdirSync(at('dist'), { recursive: true })
  writeFileSync(buildStamp, JSON.stringify(built))
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(at(file)))
      .update('\0')
  return hash.digest('hex')
}

function filesIn(folder) {
  const entries = existsSync(at(folder)) ? readdirSync(at(folder), { withFileTypes: true }) : []
  return entries
    .flatMap((entry) =>
      entry.isDirectory() ? filesIn(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    )
    .sort()
}

function list(folder) {
  return existsSync(at(folder)) ? readdirSync(at(folder)) : []
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}
