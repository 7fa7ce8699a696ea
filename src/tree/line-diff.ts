/** One line of a difference: in both, only before, only after. */
export interface DiffLine {
  op: 'same' | 'removed' | 'added'
  text: string
}

/** Lines on either side that are compared one by one: beyond, what lies between equal ends is replaced as a whole. */
const LINES = 400
/** Equal lines that are kept around a change. */
const CONTEXT = 3

/** The difference of two texts by lines, bounded in time and size; `most` = lines of the answer. */
export function diffLines(a: string, b: string, most: number): { lines: DiffLine[]; cut: boolean } {
  const before = a.split('\n')
  const after = b.split('\n')
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head++
  let tail = 0
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++
  const line = (op: DiffLine['op']) => (text: string) => ({ op, text })
  const lines = [
    ...before.slice(Math.max(0, head - CONTEXT), head).map(line('same')),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail, before.length - tail + CONTEXT).map(line('same')),
  ]
  return { lines: lines.slice(0, most), cut: lines.length > most }
}

/** The longest common subsequence by the usual table, where that is small enough. */
function middle(before: string[], after: string[]): DiffLine[] {
  const removed = before.map((text) => ({ op: 'removed' as const, text }))
  const added = after.map((text) => ({ op: 'added' as const, text }))
  if (before.length > LINES || after.length > LINES) return [...removed, ...added]
  const width = after.length + 1
  const lengths = new Uint16Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        before[i] === after[j]
          ? (lengths[(i + 1) * width + j + 1] as number) + 1
          : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number)
    }
  }
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push({ op: 'same', text: before[i++] as string })
      j++
    } else if ((lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number)) {
      lines.push(removed[i++] as DiffLine)
    } else lines.push(added[j++] as DiffLine)
  }
  return [...lines, ...removed.slice(i), ...added.slice(j)]
}
