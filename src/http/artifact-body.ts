import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { BadRequest, BodyTooLarge, DigestMismatch } from '../errors.ts'
import { limits } from '../limits.ts'
import { textSlices } from './text-slices.ts'

/** How the bytes of an upload are taken. */
export interface Intake {
  /** More are refused. */
  maxBytes: number
  /** SHA-256 that the bytes as sent must have; null = nobody said. */
  digest: Buffer | null
  /** Whether they are text: they say so, they say nothing, or they say that they are not. */
  text: 'yes' | 'perhaps' | 'no'
  /** Called with slices of a text, gives them back without secrets. */
  redact: (text: string) => string
}

/**
 * The bytes of an upload as they are stored: in chunks of `limits.artifactChunkBytes` (the last may be shorter), text
 * of up to `limits.artifactRedactedBytes` redacted, everything else as it came. Holds a chunk, or such a text. The
 * last chunk comes only after the digest was right.
 *
 * Throws `BodyTooLarge`, `DigestMismatch`, and `BadRequest` when the caller goes away. The body that is left unread
 * is the caller's to drain.
 */
export async function* storedChunks(body: Readable, intake: Intake): AsyncGenerator<Buffer> {
  const pieces = received(body, intake)
  if (intake.text === 'no') return yield* rechunked(pieces)
  const held: Buffer[] = []
  let bytes = 0
  for await (const piece of keepOpen(pieces)) {
    held.push(piece)
    bytes += piece.length
    const binary = intake.text === 'perhaps' && piece.includes(0)
    if (binary || bytes > limits.artifactRedactedBytes) return yield* rechunked(joined(held, pieces))
  }
  yield* rechunked(redacted(Buffer.concat(held), intake))
}

/** The bytes as they come: counted, and their digest compared when the last one is there. */
async function* received(body: Readable, { maxBytes, digest }: Intake): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  let bytes = 0
  // An unread rest must not end the connection: the answer goes through it.
  const pieces = body.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]()
  for (;;) {
    const next = await pieces.next().catch(() => {
      throw new BadRequest('The upload ended before all of it was here')
    })
    if (next.done) break
    const piece = next.value as Buffer
    bytes += piece.length
    if (bytes > maxBytes) throw new BodyTooLarge(maxBytes)
    hash.update(piece)
    yield piece
  }
  if (digest !== null && !hash.digest().equals(digest)) throw new DigestMismatch()
}

/** The same iterator for a loop that stops half way and leaves the rest to another. */
const keepOpen = (pieces: AsyncGenerator<Buffer>): AsyncIterable<Buffer> => ({
  [Symbol.asyncIterator]: () => ({ next: () => pieces.next() }),
})

async function* joined(held: readonly Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield* held
  yield* rest
}

/** One piece is held back: what fails at the end of `pieces` fails before the last chunk is out. */
async function* rechunked(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const size = limits.artifactChunkBytes
  let held: Buffer[] = []
  let bytes = 0
  for await (const piece of pieces) {
    held.push(piece)
    bytes += piece.length
    if (bytes <= size) continue
    const all = Buffer.concat(held)
    let at = 0
    for (; all.length - at > size; at += size) yield all.subarray(at, at + size)
    held = [Buffer.from(all.subarray(at))]
    bytes = all.length - at
  }
  if (bytes > 0) yield Buffer.concat(held)
}

/** Bytes that are no text, or in which nothing is found, come out as they went in. */
async function* redacted(bytes: Buffer, { text: said, redact }: Intake): AsyncGenerator<Buffer> {
  const utf8 = utf8Of(bytes)
  if (utf8 === null && said === 'perhaps') return yield bytes
  // Latin-1 holds any bytes, and gives them back
  for (const slice of textSlices(utf8 ?? bytes.toString('latin1'))) {
    yield Buffer.from(redact(slice), utf8 === null ? 'latin1' : 'utf8')
    await turn()
  }
}

/** null = not UTF-8, or it holds NUL, which no text does. */
function utf8Of(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}
