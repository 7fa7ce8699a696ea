import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import t from 'tap'
import { serve } from '../../src/cli/serve.ts'
import { token } from '../../src/cli/token.ts'
import { folder, run } from './run.ts'

// Milliseconds: starting from sources takes seconds on a busy machine.
t.setTimeout(240_000)

t.test('a start that cannot be is one line for each reason, and 1', async (t) => {
  const table: [string[], Record<string, string>, RegExp][] = [
    [
      ['serve'],
      { PORT: 'x', TRACE_JWT_SECRET: 'short' },
      /^workflow-trace: TRACE_JWT_SECRET: .*\nworkflow-trace: PORT: .*\n$/,
    ],
    [['serve'], { NODE_ENV: 'production' }, /^workflow-trace: TRACE_JWT_SECRET: NODE_ENV=production .*\n$/],
    [
      ['serve'],
      { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x' },
      /^workflow-trace: .*ECONNREFUSED.*\n$/,
    ],
    [['sevre'], {}, /^workflow-trace: there is no command "sevre".*\n$/],
  ]
  const runs = table.map(([args, env, expected]) => {
    const one = run(t, args, { TRACE_DATA_DIR: folder(t), ...env })
    return { one, expected, args }
  })
  for (const { one, expected, args } of runs) {
    t.equal(await one.ended, 1, args.join(' '))
    t.match(one.err(), expected)
    t.notMatch(one.err() + one.out(), /hunter2|\bat .*\.ts/)
  }
})

t.test('wrong options are named', async (t) => {
  await t.rejects(serve.run(['--port', '1']), { name: 'UsageError', message: /--port/ })
  await t.rejects(token.run(['--workflows', '*']), { message: '--scope is needed' })
  await t.rejects(token.run(['--scope', 'admin']), { message: '--workflows is needed' })
  const both = ['--workflows', '*', '--scope']
  await t.rejects(token.run([...both, 'traces:raed']), { message: /--scope: traces:raed is none of/ })
  await t.rejects(token.run([...both, 'admin', '--ttl', 'soon']), { message: /--ttl/ })
  await t.rejects(token.run([...both, 'admin', '--ttl', '0h']), { message: /--ttl/ })
  await t.rejects(token.run([...both, 'admin', '--subject', '']), { message: /--subject/ })
})

t.test('a port that is taken is named', async (t) => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  const one = run(t, ['serve'], { TRACE_DATA_DIR: folder(t), TRACE_ADMIN_PORT: String(port) })
  t.equal(await one.ended, 1)
  t.match(one.err(), new RegExp(`^workflow-trace: TRACE_ADMIN_PORT: .*:${port} \\(EADDRINUSE\\)\\n$`))
})

t.test('help lists every command', async (t) => {
  const one = run(t, ['help'])
  t.equal(await one.ended, 0)
  for (const name of ['serve', 'migrate', 'token']) t.match(one.out(), new RegExp(`^ {2}${name}`, 'm'))
})

t.test('a command that is asked for help says how it is called, and does nothing', async (t) => {
  const one = run(t, ['token', '--help'])
  t.equal(await one.ended, 0)
  t.match(one.out(), /^Usage: workflow-trace token --workspace W /)
  t.equal(one.err(), '')
})

t.test('migrate prepares a database and ends', async (t) => {
  const one = run(t, ['migrate'], { TRACE_DATA_DIR: folder(t), NODE_ENV: 'production' })
  t.equal(await one.ended, 0, one.err())
  t.match(await one.line('schema is up to date'), { version: Number })
})
