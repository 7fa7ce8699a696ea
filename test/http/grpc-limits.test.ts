import { randomBytes } from 'node:crypto'
import { constants } from 'node:http2'
import { setTimeout as wait } from 'node:timers/promises'
import { deflateSync, gzipSync } from 'node:zlib'
import { status } from '@grpc/grpc-js'
import t from 'tap'
import { len, requestOf } from '../otlp/wire-bytes.ts'
import { begun, connection, door, ended, framed } from './grpc-door.ts'
import { bearer } from './service.ts'

const MiB = 1024 * 1024
const gzip = { 'grpc-encoding': 'gzip' }
const body = (name: Buffer | string = 'step') =>
  requestOf(len(1, randomBytes(16)), len(2, randomBytes(8)), len(5, name))

t.test('what a message is packed with, and what it says of it', async (t) => {
  const { grpcUrl, store, held } = await door(t)
  const session = connection(t, grpcUrl)
  const send = (bytes: Buffer, headers: Record<string, string> = {}) => {
    const call = begun(session, headers)
    call.end(bytes)
    return ended(call)
  }
  const packed = gzipSync(body())
  const taken: [string, Promise<{ status: status | null }>][] = [
    ['gzip', send(framed(packed, 1), gzip)],
    ['gzip is named and not used', send(framed(body()), gzip)],
    ['several members', send(framed(Buffer.concat([packed, gzipSync(body())]), 1), gzip)],
    ['deflate', send(framed(deflateSync(body()), 1), { 'grpc-encoding': 'deflate' })],
  ]
  for (const [what, answer] of taken) t.equal((await answer).status, status.OK, what)
  t.equal(store.written.length, taken.length)
  const refused: [string, Promise<{ status: status | null; message: string; again: boolean }>][] = [
    ['not gzip', send(framed(Buffer.from('not gzip at all'), 1), gzip)],
    ['cut', send(framed(packed.subarray(0, -6), 1), gzip)],
    ['compressed, and nothing says how', send(framed(packed, 1))],
    ['twenty-one MiB of nothing', send(framed(gzipSync(Buffer.alloc(21 * MiB)), 1), gzip)],
    ['an encoding that nobody knows', send(framed(packed, 1), { 'grpc-encoding': 'br' })],
  ]
  const codes = [3, 3, 3, status.RESOURCE_EXHAUSTED, status.UNIMPLEMENTED]
  for (const [n, [what, answer]] of refused.entries()) {
    t.match(await answer, { status: codes[n], again: false }, what)
  }
  t.equal(store.written.length, taken.length)
  t.equal(await held(), 0)
})

t.test(
  'a crowd of small messages that are large inside: there is room for a few, and no memory for more',
  async (t) => {
    const { grpcUrl, store, held } = await door(t)
    store.write = async (_writer, spans) => ({ stored: spans.length, refused: [] })
    const bomb = framed(gzipSync(body(Buffer.alloc(19 * MiB, 'x'))), 1)
    t.ok(bomb.length < 32 * 1024)
    const before = process.memoryUsage().rss
    let grown = 0
    const look = setInterval(() => {
      grown = Math.max(grown, process.memoryUsage().rss - before)
    }, 20)
    const sessions = Array.from({ length: 4 }, () => connection(t, grpcUrl))
    const calls = sessions.flatMap((session) => Array.from({ length: 16 }, () => begun(session, gzip)))
    for (const call of calls) call.end(bomb)
    const answers = await Promise.all(calls.map(ended))
    clearInterval(look)
    const taken = answers.filter((answer) => answer.status === status.OK).length
    t.comment(`${taken} of ${calls.length} were taken; memory grew by ${Math.round(grown / MiB)} MiB`)
    t.ok(taken > 0)
    for (const answer of answers) {
      if (answer.status !== status.OK) t.match(answer, { status: /^(8|14)$/, again: true })
    }
    // all of them together would be 1.2 GiB
    t.ok(grown < 500 * MiB, `memory grew by ${Math.round(grown / MiB)} MiB`)
    t.equal(await held(), 0)
  },
)

t.test('every call is answered within 8 s, whether its message came or its spans are stored', async (t) => {
  const { grpcUrl, store, held, metrics } = await door(t)
  store.write = () => new Promise(() => {})
  const session = connection(t, grpcUrl)
  const began = performance.now()
  const halfway = begun(session)
  halfway.write(framed(body()).subarray(0, 20))
  const whole = begun(session)
  whole.end(framed(body()))
  while ((await held()) < 60) await wait(20)
  for (const answer of await Promise.all([ended(halfway), ended(whole)])) {
    t.match(answer, { status: status.UNAVAILABLE, message: /took too long/, again: true })
  }
  t.ok(performance.now() - began < 9_000)
  t.ok((await held()) < 60, 'what did not come holds nothing')
  t.match(await metrics(), /^trace_http_requests_total\{.*method="grpc",status="14"\} 2$/m)
})

t.test('a call that ends while its token is looked at holds nothing afterwards', async (t) => {
  let look: () => void = () => {}
  const looked = new Promise<void>((resolve) => {
    look = resolve
  })
  const principal = { subject: 's', workspace: 'w', workflows: ['*'], scopes: new Set(['traces:write']) }
  const principalOf = async () => {
    await looked
    return principal as never
  }
  const { grpcUrl, held, metrics } = await door(t, {}, { principalOf })
  const session = connection(t, grpcUrl)
  const late = begun(session, { 'grpc-timeout': '50m' })
  late.write(framed(body()).subarray(0, 20))
  t.match(await ended(late), { status: status.DEADLINE_EXCEEDED })
  const gone = begun(session)
  gone.write(framed(body()).subarray(0, 20))
  await wait(50)
  gone.close(constants.NGHTTP2_CANCEL)
  await wait(50)
  look()
  late.write(Buffer.alloc(10_000))
  await wait(100)
  t.equal(await held(), 0)
  late.close(constants.NGHTTP2_CANCEL)
  t.match(await metrics(), /^trace_http_requests_total\{.*method="grpc",status="4"\} 1$/m)
  t.match(await metrics(), /^trace_http_requests_total\{.*method="grpc",status="1"\} 1$/m)
})

t.test('every answer is counted by its code, those that never reach the walk too', async (t) => {
  const { grpcUrl, metrics } = await door(t)
  const session = connection(t, grpcUrl)
  const send = (bytes: Buffer, headers: Record<string, string> = {}) => {
    const call = begun(session, headers)
    call.end(bytes)
    return ended(call)
  }
  await send(framed(body()), { authorization: 'Bearer x.y.z' })
  await send(framed(body()), bearer({ scope: 'traces:read' }))
  await send(framed(body()).subarray(0, 4))
  await send(framed(body()))
  const counted = [
    ...(await metrics()).matchAll(
      /requests_total\{route="[^"]*TraceService\/Export",method="grpc",status="(\d+)"\} 1$/gm,
    ),
  ]
  t.strictSame(
    counted.map(([, code]) => Number(code)).sort((a, b) => a - b),
    [status.OK, status.PERMISSION_DENIED, status.UNIMPLEMENTED, status.UNAUTHENTICATED],
  )
})
