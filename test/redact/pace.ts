/** Processor time that `work` takes on the two-core machine of the budgets when nothing else runs: milliseconds. */
const QUIET_MS = 3.8
const text = 'password=x1y2z3 and "prose" '.repeat(2_400).slice(0, 64 * 1024)
const table = Uint8Array.from({ length: 256 }, (_, code) => code % 7)

/** A fixed amount of what a rule does: characters of a text, looked up in a table. */
function work(): number {
  let sum = 0
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < text.length; i++)
      sum = (sum + (table[text.charCodeAt(i) & 255] as number) * (i & 3)) | 0
  }
  return sum
}

/** Processor time of some work: milliseconds. */
function cpuMs(of: () => void): number {
  const before = process.cpuUsage()
  of()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/**
 * The same on a machine with nothing else to do: where neighbours share the processor's units and caches, a fixed amount
 * of work takes as much longer.
 */
export function quietMs(of: () => void): number {
  const ms = cpuMs(of)
  return ms / Math.max(1, cpuMs(work) / QUIET_MS)
}
