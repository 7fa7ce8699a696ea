import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { BodyTooLarge, Undecodable, UnsupportedEncoding } from '../errors.ts'

/** Compressed bytes up to which inflating at once costs the event loop less than a trip to the thread pool. */
const SYNC_BYTES = 256 * 1024
/** The most that the (untrusted) size in a gzip trailer may make us allocate ahead: times the compressed bytes. */
const TRUSTED_RATIO = 16

interface Codec {
  sync: (body: Buffer, options: zlib.ZlibOptions) => Buffer
  async: (body: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>
}

const gzip: Codec = { sync: zlib.gunzipSync, async: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip) }
const zlibWrapped: Codec = {
  sync: zlib.inflateSync,
  async: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate),
}
const raw: Codec = {
  sync: zlib.inflateRawSync,
  async: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw),
}
const zstd = zstdOfThisNode()

/** The `Content-Encoding`s that `inflate` takes; zstd where this Node has it. */
export const SUPPORTED_ENCODINGS: readonly string[] = [
  'identity',
  'gzip',
  'x-gzip',
  'deflate',
  ...(zstd === undefined ? [] : ['zstd']),
]

/**
 * Undoes the `Content-Encoding` of a body.
 * @param contentEncoding the header as sent; absent, empty and `identity` mean: as it is
 * @param maxBytes the most bytes after inflation; memory stays within a small multiple of it
 * @param atOnce compressed bytes up to which it is done at once, on this thread
 * @throws UnsupportedEncoding for an unknown encoding or a stack of them, BodyTooLarge beyond `maxBytes`,
 *   Undecodable for a corrupt or truncated stream
 */
export async function inflate(
  body: Buffer,
  contentEncoding: string | undefined,
  maxBytes: number,
  atOnce: number = SYNC_BYTES,
): Promise<Buffer> {
  const name = (contentEncoding ?? '').trim().toLowerCase()
  if (name === '' || name === 'identity') {
    if (body.length > maxBytes) throw new BodyTooLarge(maxBytes)
    return body
  }
  const codec = codecOf(name, body)
  if (codec === undefined) throw new UnsupportedEncoding(SUPPORTED_ENCODINGS.join(', '))
  const options: zlib.ZlibOptions = { maxOutputLength: maxBytes }
  if (codec === gzip) options.chunkSize = gzipChunk(body, maxBytes)
  try {
    return body.length <= atOnce ? codec.sync(body, options) : await codec.async(body, options)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new BodyTooLarge(maxBytes)
    throw new Undecodable(`not a whole ${name} stream`)
  }
}

function codecOf(name: string, body: Buffer): Codec | undefined {
  if (name === 'gzip' || name === 'x-gzip') return gzip
  if (name === 'zstd') return zstd
  if (name !== 'deflate') return undefined
  // The standard means zlib's wrapper by "deflate"; some clients send the bare stream. RFC 1950 tells them apart.
  const first = body[0] ?? 0
  const second = body[1] ?? 0
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0 ? zlibWrapped : raw
}

/** Bytes of the first output buffer: what the trailer says, so that nothing is grown and copied; capped. */
function gzipChunk(body: Buffer, maxBytes: number): number {
  const said = body.length >= 18 ? body.readUInt32LE(body.length - 4) : 0
  const most = Math.min(maxBytes, body.length * TRUSTED_RATIO)
  return Math.max(1024, Math.min(said, most)) + 64
}

function zstdOfThisNode(): Codec | undefined {
  const { zstdDecompressSync, zstdDecompress } = zlib as unknown as {
    zstdDecompressSync?: Codec['sync']
    zstdDecompress?: (
      body: Buffer,
      options: zlib.ZlibOptions,
      done: (error: Error | null, out: Buffer) => void,
    ) => void
  }
  if (zstdDecompressSync === undefined || zstdDecompress === undefined) return undefined
  return { sync: zstdDecompressSync, async: promisify<Buffer, zlib.ZlibOptions, Buffer>(zstdDecompress) }
}
