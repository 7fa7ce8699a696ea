/** A line of the JSON view. */
export interface JsonRow {
  path: string
  depth: number
  name: string | null
  /** The value itself for leaves; how many entries for objects and arrays. */
  value: unknown
  type: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'
  size: number
}

/**
 * The lines below a JSON value (itself, when it has nothing below) of which `open` says what is unfolded. Iterative and bounded by `most` lines:
 * deep or huge values cost no more than what is seen.
 */
export function jsonRows(
  value: unknown,
  open: (path: string, depth: number) => boolean,
  most = 5000,
): JsonRow[] {
  const rows: JsonRow[] = []
  const stack: { path: string; depth: number; name: string | null; value: unknown }[] = []
  const top = typeOf(value) === 'object' || typeOf(value) === 'array' ? Object.entries(value as object) : []
  for (const [name, child] of top.reverse()) stack.push({ path: `$/${name}`, depth: 0, name, value: child })
  if (top.length === 0) stack.push({ path: '$', depth: 0, name: null, value })
  while (stack.length > 0 && rows.length < most) {
    const item = stack.pop()
    if (!item) break
    const type = typeOf(item.value)
    const nested = type === 'object' || type === 'array'
    const entries = nested ? Object.entries(item.value as object) : []
    rows.push({
      path: item.path,
      depth: item.depth,
      name: item.name,
      value: item.value,
      type,
      size: entries.length,
    })
    if (!nested || !open(item.path, item.depth)) continue
    for (const [name, child] of entries.reverse()) {
      stack.push({ path: `${item.path}/${name}`, depth: item.depth + 1, name, value: child })
    }
  }
  return rows
}

function typeOf(value: unknown): JsonRow['type'] {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'object':
      return typeof value as JsonRow['type']
    default:
      return 'null'
  }
}
