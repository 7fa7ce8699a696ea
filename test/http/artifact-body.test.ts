import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import t from 'tap'
import { type Intake, storedChunks } from '../../src/http/artifact-body.ts'
import { textSlices } from '../../src/http/text-slices.ts'
import { limits } from '../../src/limits.ts'

const chunk = limits.artifactChunkBytes
const redact = (text: string) => text.replaceAll('SECRET', '[redacted:x]')

async function taken(pieces: (Buffer | string)[], over: Partial<Intake> = {}) {
  const intake: Intake = { maxBytes: 100_000_000, digest: null, text: 'no', redact, ...over }
  const list: Buffer[] = []
  const body = Readable.from(pieces.map((piece) => Buffer.from(piece)))
  for await (const one of storedChunks(body, intake)) list.push(one)
  return { sizes: list.map((one) => one.length), bytes: Buffer.concat(list) }
}

t.test('chunks are full but for the last, however the bytes come', async (t) => {
  const cases: [number[], number[]][] = [
    [[], []],
    [[0], []],
    [[1], [1]],
    [[chunk], [chunk]],
    [[chunk + 1], [chunk, 1]],
    [
      [chunk, chunk],
      [chunk, chunk],
    ],
    [
      [3 * chunk - 1, 2],
      [chunk, chunk, chunk, 1],
    ],
    [Array<number>(100).fill(10_000), [chunk, 1_000_000 - chunk]],
  ]
  for (const [pieces, sizes] of cases) {
    const sent = pieces.map((size, i) => Buffer.alloc(size, i + 1))
    for (const text of ['no', 'perhaps', 'yes'] as const) {
      const { sizes: got, bytes } = await taken(sent, { text })
      t.same(got, sizes, `${pieces.length} pieces, text: ${text}`)
      t.ok(bytes.equals(Buffer.concat(sent)))
    }
  }
})

t.test('text is redacted up to its limit, and as it came beyond', async (t) => {
  const text = 'a SECRET line\n'
  t.equal((await taken([text], { text: 'yes' })).bytes.toString(), 'a [redacted:x] line\n')
  t.equal((await taken(['a SEC', 'RET line'], { text: 'perhaps' })).bytes.toString(), 'a [redacted:x] line')
  t.equal((await taken([text], { text: 'no' })).bytes.toString(), text)
  t.equal((await taken(['\0', text], { text: 'perhaps' })).bytes.toString(), `\0${text}`)
  t.equal(
    (await taken(['\0', text], { text: 'yes' })).bytes.toString(),
    '\0a [redacted:x] line\n',
    'it says it is text',
  )
  const full = 'SECRET\n'.repeat(Math.floor(limits.artifactRedactedBytes / 7))
  t.notMatch((await taken([full], { text: 'yes' })).bytes.toString(), 'SECRET')
  const beyond = full + 'SECRET\n'.repeat(2)
  t.ok((await taken([beyond], { text: 'yes' })).bytes.equals(Buffer.from(beyond)))
  const bom = Buffer.from('\ufeffé')
  t.ok((await taken([bom], { text: 'yes' })).bytes.equals(bom), 'a byte order mark stays')
})

t.test('too many bytes, a wrong digest and a broken body end it before the last chunk', async (t) => {
  await t.rejects(taken(['12345'], { maxBytes: 4 }), { statusCode: 413 } as unknown as Error)
  t.equal((await taken(['1234'], { maxBytes: 4 })).bytes.length, 4)
  const digest = (text: string) => createHash('sha256').update(text).digest()
  t.equal((await taken(['1', '2'], { digest: digest('12') })).bytes.toString(), '12')
  for (const text of ['no', 'yes'] as const) {
    let chunks = 0
    const run = async () => {
      const body = Readable.from([Buffer.alloc(chunk + 1)])
      for await (const _ of storedChunks(body, { maxBytes: 1e9, digest: digest('x'), text, redact })) chunks++
    }
    await t.rejects(run(), { code: 'TRACE_DIGEST_MISMATCH' })
    t.ok(chunks < 2)
  }
  const broken = new Readable({ read() {} })
  broken.push(Buffer.from('half'))
  setImmediate(() => broken.destroy(new Error('ECONNRESET')))
  const run = async () => {
    for await (const _ of storedChunks(broken, { maxBytes: 1e9, digest: null, text: 'no', redact })) _.length
  }
  await t.rejects(run(), { statusCode: 400 } as unknown as Error)
})

t.test('a long text is cut where nothing is torn', async (t) => {
  const lines = Array.from({ length: 500 }, (_, i) => `line ${i} ${'x'.repeat(i % 40)}\n`)
  const pem = `-----BEGIN RSA PRIVATE KEY-----\n${'AbCd'.repeat(16)}\n`.concat(
    `${'EfGh'.repeat(16)}\n`.repeat(30),
    '-----END RSA PRIVATE KEY-----\n',
  )
  const text =
    lines.join('') + pem + lines.join('') + 'password:\n  hunter22\n'.repeat(200) + 'y'.repeat(5_000)
  for (const least of [1, 100, 1_000, 5_000, 1_000_000]) {
    const slices = [...textSlices(text, least)]
    t.equal(slices.join(''), text, `nothing is lost at ${least}`)
    t.equal(slices.filter((one) => one.includes('BEGIN RSA')).length, 1)
    t.ok(
      slices.some((one) => one.includes(pem)),
      'a key stays whole',
    )
    t.notOk(
      slices.some((one) => one.endsWith('password:\n')),
      'a value stays with its name',
    )
  }
  t.same([...textSlices('', 10)], [])
  t.ok([...textSlices(text, 1_000)].length > 20)
})
