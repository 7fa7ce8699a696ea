import type { Forest } from './forest.ts'

/** No span of the way up names an execution, and its trace does not have exactly one. */
export const UNNAMED = -1

/**
 * The execution of every span: that of its nearest ancestor that names one (or itself), else the only execution
 * of its trace, else `UNNAMED` (the fallback execution, whose id is the trace id).
 *
 * `named[i]` = the number of the execution that span i names itself, or `UNNAMED`. `traces[i]` = its trace.
 * The answer depends on the set of spans alone, not on the order in which they came.
 */
export function resolveExecutions(
  forest: Forest,
  named: ArrayLike<number>,
  traces: ArrayLike<number>,
): Int32Array {
  const only = onlyExecutionOfTraces(named, traces)
  const resolved = new Int32Array(forest.count).fill(UNRESOLVED)
  const path: number[] = []
  for (let i = 0; i < forest.count; i++) {
    let at = i
    while (at !== -1 && resolved[at] === UNRESOLVED && named[at] === UNNAMED) {
      path.push(at)
      at = forest.parents[at] as number
    }
    let execution: number
    if (at === -1) execution = only.get(traces[i] as number) ?? UNNAMED
    else if (resolved[at] === UNRESOLVED) execution = resolved[at] = named[at] as number
    else execution = resolved[at] as number
    for (const step of path) resolved[step] = execution
    path.length = 0
  }
  return resolved
}

const UNRESOLVED = -2
const SEVERAL = -3

function onlyExecutionOfTraces(named: ArrayLike<number>, traces: ArrayLike<number>): Map<number, number> {
  const only = new Map<number, number>()
  for (let i = 0; i < named.length; i++) {
    const execution = named[i] as number
    if (execution === UNNAMED) continue
    const trace = traces[i] as number
    const seen = only.get(trace)
    if (seen === undefined) only.set(trace, execution)
    else if (seen !== execution) only.set(trace, SEVERAL)
  }
  for (const [trace, execution] of only) if (execution === SEVERAL) only.delete(trace)
  return only
}
