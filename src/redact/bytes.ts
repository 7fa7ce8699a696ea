/** A text as bytes: `charCodeAt` asks at every character what kind of string it is given. */
export interface Bytes {
  /** The low byte of each UTF-16 unit, then zeros up to four of them. */
  bytes: Uint8Array
  /** The same, four at a time, in the order of this machine. */
  fours: Int32Array
}

/** A multiple of four. */
const SIZE = 64 * 1024
/** Characters up to which copying them one by one costs less than a call out of the engine. */
const SHORT = 24

function reserve(size: number): Bytes {
  const { buffer } = Buffer.allocUnsafeSlow(size)
  return { bytes: new Uint8Array(buffer), fours: new Int32Array(buffer) }
}

const shared = reserve(SIZE)
const sharedBuffer = Buffer.from(shared.bytes.buffer)

/**
 * Reads a text into memory that the next call uses again. A character beyond Latin-1 looks like another one there,
 * so what is found is to be compared in the text.
 */
export function bytesOf(text: string): Bytes {
  const { length } = text
  if (length <= SHORT) {
    const { bytes } = shared
    for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i)
    fillUp(bytes, length)
    return shared
  }
  const fits = length < SIZE
  const into = fits ? shared : reserve(length + 4 - (length & 3))
  const buffer = fits ? sharedBuffer : Buffer.from(into.bytes.buffer)
  buffer.write(text, 'latin1')
  fillUp(into.bytes, length)
  return into
}

/** One zero at least, so that nothing runs on into what was there before. */
function fillUp(bytes: Uint8Array, length: number): void {
  const end = length + 4 - (length & 3)
  for (let i = length; i < end; i++) bytes[i] = 0
}

/** A table by pairs of bytes: the upper and the lower half of one of the `fours`. */
export function pairTable(kindOf: (first: number, second: number) => number): Uint8Array {
  const table = new Uint8Array(1 << 16)
  const bytes = new Uint8Array(2)
  const pair = new Uint16Array(bytes.buffer)
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second++) {
      bytes[0] = first
      bytes[1] = second
      table[pair[0] as number] = kindOf(first, second)
    }
  }
  return table
}
