/** UTF-16 units of one slice: redacting it takes some tens of milliseconds at most. */
const SLICE = 128 * 1024

/**
 * A long text in parts that can be redacted one after the other, with turns for others in between. A part ends at a
 * line's end, not inside a PEM block and not after a line that goes on (a name that waits for its value); where there
 * is no such place the part is longer.
 */
export function* textSlices(text: string, least = SLICE): Generator<string> {
  let from = 0
  while (text.length - from > least) {
    let at = from + least
    do at = text.indexOf('\n', at) + 1
    while (at > 0 && goesOn(text, from, at))
    if (at === 0) break
    yield text.slice(from, at)
    from = at
  }
  if (from < text.length) yield text.slice(from)
}

/** A line that ends like this has its value on the next one. */
const UNFINISHED = /[:=\\>|][ \t\r]*$/
/** UTF-16 units of a line's end that are looked at. */
const LINE_END = 64
/** UTF-16 units: the longest PEM block that is kept whole (an RSA key of 16,384 bits has 12,700). */
const PEM_BLOCK = 16 * 1024

function goesOn(text: string, from: number, at: number): boolean {
  if (UNFINISHED.test(text.slice(Math.max(from, at - 1 - LINE_END), at - 1))) return true
  const block = text.slice(Math.max(from, at - PEM_BLOCK), at)
  return block.lastIndexOf('-----BEGIN ') > block.lastIndexOf('-----END ')
}
