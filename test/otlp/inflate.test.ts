import zlib, { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { inflate, SUPPORTED_ENCODINGS } from '../../src/otlp/index.ts'

const MiB = 1024 * 1024
const body = Buffer.from('a trace, '.repeat(1000))
const undecodable = { code: 'TRACE_UNDECODABLE', statusCode: 400 }
const tooLarge = { code: 'TRACE_BODY_TOO_LARGE', statusCode: 413 }

t.test('every supported encoding, in any case', async (t) => {
  for (const name of [undefined, '', 'identity', ' Identity ']) t.equal(await inflate(body, name, MiB), body)
  for (const name of ['gzip', 'GZIP', 'x-gzip'])
    t.strictSame(await inflate(gzipSync(body), name, MiB), body, name)
  t.strictSame(await inflate(deflateSync(body), 'deflate', MiB), body, 'zlib')
  t.strictSame(await inflate(deflateRawSync(body), 'deflate', MiB), body, 'raw deflate')
  t.strictSame(await inflate(gzipSync(Buffer.alloc(0)), 'gzip', MiB), Buffer.alloc(0), 'an empty body')
})

t.test('zstd is supported exactly where this Node has it', async (t) => {
  const { zstdCompressSync } = zlib as unknown as { zstdCompressSync?: (body: Buffer) => Buffer }
  t.equal(SUPPORTED_ENCODINGS.includes('zstd'), zstdCompressSync !== undefined)
  if (zstdCompressSync === undefined)
    await t.rejects(inflate(body, 'zstd', MiB), { code: 'TRACE_UNSUPPORTED_ENCODING', statusCode: 415 })
  else t.strictSame(await inflate(zstdCompressSync(body), 'zstd', MiB), body)
})

t.test('unknown encodings and stacks of them are 415 and say what is supported', async (t) => {
  for (const name of ['br', 'snappy', 'gzip, gzip', 'gzip,identity']) {
    await t.rejects(
      inflate(body, name, MiB),
      { code: 'TRACE_UNSUPPORTED_ENCODING', statusCode: 415, message: /gzip/ },
      name,
    )
  }
})

t.test('several gzip members are one body', async (t) => {
  const members = Buffer.concat([gzipSync('one '), gzipSync('two '), gzipSync('three')])
  t.equal((await inflate(members, 'gzip', MiB)).toString(), 'one two three')
})

t.test('corrupt and truncated streams are Undecodable', async (t) => {
  const whole = gzipSync(body)
  const corrupt = Buffer.from(whole)
  corrupt[20] = (corrupt[20] as number) ^ 0xff
  const checksum = Buffer.from(whole)
  checksum[whole.length - 6] = (checksum[whole.length - 6] as number) ^ 0xff
  for (const bad of [
    Buffer.alloc(0),
    Buffer.from('1234'),
    whole.subarray(0, -9),
    whole.subarray(0, 5),
    corrupt,
    checksum,
  ]) {
    await t.rejects(inflate(bad, 'gzip', MiB), undecodable)
  }
  await t.rejects(inflate(body, 'deflate', MiB), undecodable)
})

t.test('the limit holds to the byte', async (t) => {
  for (const [name, sent] of [
    ['identity', body],
    ['gzip', gzipSync(body)],
    ['deflate', deflateSync(body)],
  ] as const) {
    t.strictSame(await inflate(sent, name, body.length), body, `${name}: exact`)
    await t.rejects(inflate(sent, name, body.length - 1), tooLarge, `${name}: one less`)
  }
})

t.test('a bomb is 413 at flat memory, and a lying trailer allocates nothing', async (t) => {
  const bomb = gzipSync(Buffer.alloc(256 * MiB))
  t.ok(bomb.length < MiB)
  const before = process.memoryUsage().rss
  await t.rejects(inflate(bomb, 'gzip', 20 * MiB), tooLarge, 'in small')
  await t.rejects(inflate(Buffer.concat([bomb, bomb]), 'gzip', 20 * MiB), tooLarge, 'above the sync size')
  t.ok(process.memoryUsage().rss - before < 80 * MiB, 'no more than a few times the limit')
  const liar = gzipSync('small')
  liar.writeUInt32LE(0xffff_ffff, liar.length - 4)
  await t.rejects(inflate(liar, 'gzip', 20 * MiB), undecodable)
})

t.test('a large body is inflated off the event loop', async (t) => {
  const random = Buffer.from(Array.from({ length: MiB }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 0xff))
  const sent = gzipSync(random, { level: 0 })
  t.ok(sent.length > 256 * 1024)
  const inflated = inflate(sent, 'gzip', 2 * MiB)
  let ticked = false
  setImmediate(() => {
    ticked = true
  })
  t.strictSame(await inflated, random)
  t.ok(ticked)
})
