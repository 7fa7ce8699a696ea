// No fault: on SIGUSR2 the process collects its garbage and says how much is left. Wants --expose-gc.
process.on('SIGUSR2', () => {
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  process.stdout.write(`${JSON.stringify({ msg: 'heap', bytes: heapUsed + external + arrayBuffers })}\n`)
})
