import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Bytes of one line: what the service takes at the most, inflated. A longer one is passed over. */
export const LINE_BYTES = 64 * 1024 * 1024

export interface Line {
  /** Counted from 1, as editors do; empty lines are counted and not given. */
  number: number
  /** Without the line's end; null = longer than `LINE_BYTES`. */
  bytes: Buffer | null
  /** False for a last line that its writer did not end. */
  ended: boolean
}

/** The lines of a file, `.gz` or not. Holds one line. Rejects with the error of the file system or of gunzip. */
export async function* linesOf(path: string): AsyncGenerator<Line> {
  const file = createReadStream(path, { highWaterMark: 1024 * 1024 })
  let bytes: Readable = file
  if (path.endsWith('.gz')) {
    const gunzip = createGunzip()
    file.once('error', (error) => gunzip.destroy(error))
    bytes = file.pipe(gunzip)
  }
  let held: Buffer[] = []
  let length = 0
  let number = 1
  const take = (ended: boolean): Line => {
    const line = { number, bytes: length > LINE_BYTES ? null : Buffer.concat(held), ended }
    held = []
    length = 0
    number += 1
    return line
  }
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    let from = 0
    for (;;) {
      const end = chunk.indexOf(0x0a, from)
      const piece = chunk.subarray(from, end === -1 ? undefined : end)
      length += piece.length
      // of a line that is too long only the length is kept
      if (length <= LINE_BYTES) held.push(piece)
      else held = []
      if (end === -1) break
      if (length === 0 || (length === 1 && held[0]?.[0] === 0x0d)) {
        take(true)
      } else yield take(true)
      from = end + 1
    }
  }
  if (length > 0) yield take(false)
}
