import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Receiver } from './receiver.ts'

const source = new URL('../../src/runner/index.ts', import.meta.url).href

/** A runner's program that runs one execution and then ends as `ending` says. */
async function program(endpoint: string, path: string, ending: string): Promise<number | null> {
  const code = `
    import { createRunner } from ${JSON.stringify(source)}
    const runner = createRunner({ endpoint: ${JSON.stringify(endpoint)}, serviceName: 'p',
      fallbackLog: { path: ${JSON.stringify(path)} }, log: () => undefined })
    await runner.execution({ workflowId: 'wf' }, () => 1)
    ${ending}`
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', code], {
    stdio: 'ignore',
  })
  const [status] = (await once(child, 'exit')) as [number | null]
  return status
}

t.test('a program that just ends has delivered its spans', async (t) => {
  const receiver = new Receiver()
  const endpoint = await receiver.listen()
  t.teardown(() => receiver.close())
  const path = join(t.testdir(), 'spans.jsonl')
  t.equal(await program(endpoint, path, ''), 0)
  t.ok(receiver.ended.has('wf'))
  t.notOk(existsSync(path))
})

t.test('a program that calls process.exit leaves its spans in the fallback log', async (t) => {
  const receiver = new Receiver()
  const endpoint = await receiver.listen()
  t.teardown(() => receiver.close())
  const path = join(t.testdir(), 'spans.jsonl')
  t.equal(await program(endpoint, path, 'process.exit(3)'), 3)
  t.match(readFileSync(path, 'utf8'), /"name":"wf"/)
})
