/** Candidates for personal data that has no keyword: pairs of from, to. Each is one pass over the text. */

const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isUpper = (code: number): boolean => code >= 65 && code <= 90
/** Space, ( ) - . / and the no-break space: what people put between groups of digits. */
const joins = (code: number): boolean =>
  code === 32 || code === 40 || code === 41 || (code >= 45 && code <= 47) || code === 160

/** Runs of at least `least` digits, with up to two joining characters between them. */
export function digitRuns(least: number): (text: string) => number[] {
  return (text) => {
    const spots: number[] = []
    let start = -1
    let end = 0
    let digits = 0
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (isDigit(code)) {
        if (start === -1) start = i
        digits++
        end = i + 1
      } else if (start !== -1 && !(joins(code) && i - end < 2)) {
        if (digits >= least) spots.push(start, end)
        start = -1
        digits = 0
      }
    }
    if (start !== -1 && digits >= least) spots.push(start, end)
    return spots
  }
}

/** Two capital letters and two digits: where an IBAN or a British NI number may begin. */
export function letterPairs(text: string): number[] {
  const spots: number[] = []
  for (let i = 2; i < text.length; i++) {
    if (!isDigit(text.charCodeAt(i)) || isDigit(text.charCodeAt(i - 1))) continue
    const at = text.charCodeAt(i - 1) === 32 ? i - 1 : i
    if (isUpper(text.charCodeAt(at - 1)) && isUpper(text.charCodeAt(at - 2))) spots.push(at - 2, i)
  }
  return spots
}

/** Runs of hex digits and colons with at least two colons: where an IPv6 address may be. */
export function colonRuns(text: string): number[] {
  const spots: number[] = []
  let done = 0
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', Math.max(done, at + 1))) {
    let from = at
    let to = at + 1
    let colons = 1
    while (from > done && isHex(text.charCodeAt(from - 1)) && at - from < 5) from--
    for (; to < text.length && (isHex(text.charCodeAt(to)) || text[to] === ':'); to++)
      if (text[to] === ':') colons++
    done = to
    if (colons >= 2 && to - from >= 3) spots.push(from, to)
  }
  return spots
}

const isHex = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)
