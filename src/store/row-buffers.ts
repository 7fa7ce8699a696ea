/** Sizes of buffers that are kept, as powers of two: 64 KiB to 8 MiB. */
const SMALLEST = 16
const LARGEST = 23
/** Bytes below which the runtime's own pool does as well. */
const SMALL = 32 * 1024
/** Bytes that are kept in all. */
const KEPT_BYTES = 32 * 1024 * 1024

const kept: Buffer[][] = Array.from({ length: LARGEST - SMALLEST + 1 }, () => [])
let keptBytes = 0

/**
 * A buffer of at least so many bytes, with whatever it held before. Rows of large requests are megabytes that live for
 * milliseconds: new memory each time is cleared by the system page by page, and stays until a collection finds it.
 */
export function takeBuffer(bytes: number): Buffer {
  if (bytes < SMALL) return Buffer.allocUnsafe(bytes)
  const power = powerOf(bytes)
  if (power > LARGEST) return Buffer.allocUnsafeSlow(bytes)
  const found = kept[power - SMALLEST]?.pop()
  if (found === undefined) return Buffer.allocUnsafeSlow(2 ** power)
  keptBytes -= found.length
  return found
}

/** Keeps a buffer that nobody reads or writes any more. */
export function giveBuffer(buffer: Buffer): void {
  const { length } = buffer
  const power = powerOf(length)
  if (length !== 2 ** power || power > LARGEST || keptBytes + length > KEPT_BYTES) return
  kept[power - SMALLEST]?.push(buffer)
  keptBytes += length
}

const powerOf = (bytes: number) => Math.max(SMALLEST, 32 - Math.clz32(Math.max(0, bytes - 1)))
