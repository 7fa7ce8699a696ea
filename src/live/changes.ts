import type { ExecutionOrder } from '../tree/execution-order.ts'
import { ID_BYTES, positionAt } from '../tree/structure.ts'
import { isCounted } from '../tree/usage.ts'

/**
 * The rows of `after` that `before` does not have, or has in another version, or which count in only one of them
 * (`countedBefore`, `countedAfter`). Both orders must know their versions.
 */
export function changedRows(
  before: ExecutionOrder,
  after: ExecutionOrder,
  countedBefore: Uint8Array,
  countedAfter: Uint8Array,
): number[] {
  const known = before.structure
  const traceNumbers = after.structure.traceIds.map((id) => known.traceIds.indexOf(id))
  const changed: number[] = []
  for (let row = 0; row < after.positions.length; row++) {
    const position = after.positions[row] as number
    const trace = traceNumbers[after.structure.traces[position] as number] as number
    const at = position * ID_BYTES
    const earlier = trace === -1 ? -1 : positionAt(known, before.index, trace, after.structure.spanIds, at)
    // a span that was another execution's, or is one level elsewhere, is news as well
    const was = earlier === -1 ? -1 : (before.rowOf[earlier] as number)
    if (
      was === -1 ||
      !sameVersion(before, earlier, after, position) ||
      isCounted(countedBefore, was) !== isCounted(countedAfter, row)
    )
      changed.push(row)
  }
  return changed
}

function sameVersion(
  before: ExecutionOrder,
  earlier: number,
  after: ExecutionOrder,
  position: number,
): boolean {
  const a = before.structure.fingerprints
  const b = after.structure.fingerprints
  if (a === null || b === null) return false
  return (
    a.compare(
      b,
      position * ID_BYTES,
      (position + 1) * ID_BYTES,
      earlier * ID_BYTES,
      (earlier + 1) * ID_BYTES,
    ) === 0
  )
}
