/** The offset of the delimiter (a quote with its escapes) that closes a string, or the end of the text (it was cut). */
export function closing(text: string, from: number, delimiter: string): number {
  const depth = delimiter.length - 1
  const mark = delimiter[depth] as string
  for (let at = text.indexOf(mark, from); at !== -1; at = text.indexOf(mark, at + 1)) {
    let escapes = 0
    while (at - escapes > from && text[at - escapes - 1] === '\\') escapes++
    if (depth === 0 ? escapes % 2 === 0 : escapes <= depth) return depth === 0 ? at : at - escapes
  }
  return text.length
}
