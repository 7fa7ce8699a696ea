/** The clocks that bound what the rules take of a span: the one on the wall, and the processor's of this process. */
export const redactClocks = {
  now: () => performance.now(),
  spentMs: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  },
}
