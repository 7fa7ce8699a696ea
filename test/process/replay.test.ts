import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { replay, replayFiles } from '../../src/cli/replay.ts'
import { retryAfter } from '../../src/cli/replay-delivery.ts'
import { Receiver } from '../runner/receiver.ts'
import { folder, run } from './run.ts'

t.setTimeout(120_000)

interface Test {
  teardown(clean: () => Promise<unknown> | unknown): void
}

const line = (...names: string[]) =>
  `${JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: names.map((name) => ({ name, traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) })) }] }] })}\n`

/** A service that keeps what it is sent, a folder, and the command with what it says. */
async function setup(t: Test) {
  const receiver = new Receiver()
  const endpoint = await receiver.listen()
  t.teardown(() => receiver.close())
  let out = ''
  let err = ''
  const names = () =>
    receiver.requests.flatMap(({ body }) =>
      [...body.toString('utf8').matchAll(/"name":"(\w+)"/g)].map(([, name]) => name),
    )
  return {
    receiver,
    dir: folder(t),
    names,
    out: () => out,
    err: () => err,
    go: (files: string[], over: { keepGoing?: boolean; patienceMs?: number } = {}) =>
      replayFiles(files, {
        url: `${endpoint}/v1/traces`,
        token: 'secret-token',
        patienceMs: 60_000,
        keepGoing: false,
        say: (text) => {
          err += `${text}\n`
        },
        done: (summary) => {
          out += summary
        },
        ...over,
      }),
  }
}

t.test('every line of every file is sent, compressed ones too, and the files stay', async (t) => {
  const { receiver, dir, names, out, go } = await setup(t)
  const [plain, zipped] = [join(dir, 'spans.jsonl'), join(dir, 'spans.jsonl.1.gz')]
  const text = `${line('a', 'b')}\n\r\n${line('c')}`
  writeFileSync(plain, text)
  writeFileSync(zipped, gzipSync(line('d')))
  await go([plain, zipped])
  t.strictSame(names(), ['a', 'b', 'c', 'd'])
  t.match(receiver.requests[0], {
    path: '/v1/traces',
    headers: { authorization: 'Bearer secret-token', 'content-type': 'application/json' },
  })
  t.match(out(), /^3 lines, 4 spans delivered, 0 refused, 0 lines not delivered, \d+ spans\/s$/)
  t.equal(readFileSync(plain, 'utf8'), text)
})

t.test('it waits for a service that is busy or away, as long as it asks for', async (t) => {
  const { receiver, dir, names, err, go } = await setup(t)
  const path = join(dir, 'spans.jsonl')
  writeFileSync(path, line('a'))
  const answers = [
    { status: 503, headers: { 'retry-after': '0' } },
    { status: 429, headers: { 'retry-after': '1' } },
    { status: 504 },
  ]
  receiver.answer = () => answers.shift() ?? { status: 200 }
  const began = performance.now()
  await go([path])
  t.ok(performance.now() - began >= 1_000)
  t.equal(names().length, 4)
  t.match(err(), /HTTP 503; again in 0\.0 s\nHTTP 429; again in 1\.0 s\nHTTP 504; again in/)
  receiver.answer = () => ({ status: 503 })
  await t.rejects(go([path], { patienceMs: 1_000 }), { message: /does not answer \(HTTP 503\)/ })
  await receiver.close()
  await t.rejects(go([path], { patienceMs: 1_000 }), { message: /does not answer \(ECONNREFUSED\)/ })
  t.equal(retryAfter('Sun, 22 Nov 2026 13:00:05 GMT', Date.parse('2026-11-22T13:00:00Z')), 5_000)
  t.equal(retryAfter('soon'), null)
})

t.test('a wrong token stops it at once', async (t) => {
  const { receiver, dir, go } = await setup(t)
  const path = join(dir, 'spans.jsonl')
  writeFileSync(path, line('a') + line('b'))
  for (const status of [401, 403]) {
    receiver.answer = () => ({
      status,
      body: Buffer.from('{"code":7,"message":"The token lacks traces:write"}'),
    })
    await t.rejects(go([path], { keepGoing: true }), {
      message: new RegExp(
        `spans.jsonl:1: the token is not accepted \\(HTTP ${status}: The token lacks traces:write\\)`,
      ),
    })
  }
  t.equal(receiver.requests.length, 2, 'one line each')
})

t.test('bad lines are named by number, without what is in them', async (t) => {
  const { receiver, dir, names, out, err, go } = await setup(t)
  const path = join(dir, 'spans.jsonl')
  writeFileSync(path, `${line('a')}{"password": "hunter2"\n${line('b')}${line('c')}`)
  appendFileSync(path, line('torn').slice(0, 40))
  receiver.answer = ({ body }) => {
    if (body.includes('"b"')) return { status: 400, body: Buffer.from('{"message":"no"}') }
    const partial = '{"partialSuccess":{"rejectedSpans":"1","errorMessage":"1 refused (erased): gone"}}'
    return body.includes('"c"') ? { status: 200, body: Buffer.from(partial) } : { status: 200 }
  }
  await t.rejects(go([path]), { message: /spans\.jsonl:2 is not an OTLP\/JSON trace request; --keep-going/ })
  t.strictSame(names(), ['a'])
  await t.rejects(go([path, join(dir, 'missing')], { keepGoing: true }), {
    message: 'not everything was delivered: 4 lines, 1 refused spans',
  })
  t.strictSame(names(), ['a', 'a', 'b', 'c'])
  const told = err()
  for (const words of [
    /:2 is not/,
    /:3 was not taken \(HTTP 400: no\)/,
    /:4: 1 refused \(erased\)/,
    /:5 .*in the middle/,
    /missing: .*ENOENT/,
  ]) {
    t.match(told, words)
  }
  t.match(out(), /^2 lines, 1 spans delivered, 1 refused, 4 lines not delivered/)
  t.notMatch(told + out(), /hunter2|secret-token/)
})

t.test('wrong calls are told', async (t) => {
  await t.rejects(replay.run([]), { name: 'UsageError', message: 'name the files to replay' })
  await t.rejects(replay.run(['x', '--endpoint', 'nowhere']), { name: 'UsageError', message: /--endpoint/ })
  await t.rejects(replay.run(['x', '--fast']), { name: 'UsageError', message: /--fast/ })
  const child = run(t, ['replay', '/nowhere/at/all'], { TRACE_TOKEN: 'x' })
  t.equal(await child.ended, 1)
  t.match(child.err(), /workflow-trace: \/nowhere\/at\/all: cannot be read \(ENOENT\)/)
})
