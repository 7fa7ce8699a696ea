/** Bytes `from` (inclusive) to `to` (exclusive). */
export interface ByteRange {
  from: number
  to: number
}

/**
 * What a Range header asks of `size` bytes (RFC 9110, 14). null = answer with everything: there is no header, it is
 * in another unit or malformed, or asks for several ranges. `unsatisfiable` = 416.
 */
export function byteRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | null {
  const [, first, last] =
    /^bytes[ \t]*=[ \t]*(\d{0,15})[ \t]*-[ \t]*(\d{0,15})[ \t]*$/i.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return null
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { from: size - length, to: size }
  }
  const from = Number(first)
  const to = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < from) return null
  return from >= size ? 'unsatisfiable' : { from, to }
}
