import { UNNAMED } from './executions.ts'
import type { Forest } from './forest.ts'

/**
 * Which positions the tree of each execution shows: its own, and those directly below them, which begin other executions.
 * Found once for all executions of some traces, so that many of them in one trace cost no more than its spans do.
 */
export interface Members {
  /** The number of every position's execution: as spans name them, then one for each trace whose spans have none. */
  numbers: Int32Array
  /** Positions by number, each in the order of the forest; those of a number begin at its start. */
  positions: Int32Array
  starts: Int32Array
}

/** `executions[i]` = the execution of position i, or `UNNAMED`; `named` = how many there are. `traces[i]` = its trace. */
export function membersOf(
  { count, parents, sorted }: Forest,
  executions: ArrayLike<number>,
  named: number,
  traces: ArrayLike<number>,
): Members {
  const numbers = new Int32Array(count)
  let last = -1
  for (let i = 0; i < count; i++) {
    const execution = executions[i] as number
    const number = execution === UNNAMED ? named + (traces[i] as number) : execution
    numbers[i] = number
    if (number > last) last = number
  }
  /** The execution above a position where another one begins; else its own. */
  const above = (position: number): number => {
    const parent = parents[position] as number
    return numbers[parent === -1 ? position : parent] as number
  }
  const sizes = new Int32Array(last + 1)
  const add = (number: number) => (sizes[number] = (sizes[number] as number) + 1) - 1
  for (let i = 0; i < count; i++) {
    const number = numbers[i] as number
    add(number)
    if (above(i) !== number) add(above(i))
  }
  const starts = new Int32Array(last + 2)
  for (let n = 0; n <= last; n++) starts[n + 1] = (starts[n] as number) + (sizes[n] as number)
  const positions = new Int32Array(starts[last + 1] as number)
  sizes.fill(0)
  for (const position of sorted) {
    const number = numbers[position] as number
    positions[(starts[number] as number) + add(number)] = position
    const other = above(position)
    if (other !== number) positions[(starts[other] as number) + add(other)] = position
  }
  return { numbers, positions, starts }
}

/** The positions of one execution; none of a number that nothing has. */
export const positionsOf = ({ positions, starts }: Members, number: number): Int32Array =>
  number < 0 || number >= starts.length - 1
    ? positions.subarray(0, 0)
    : positions.subarray(starts[number], starts[number + 1])
