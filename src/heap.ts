import { setFlagsFromString } from 'node:v8'

/**
 * Percent by which V8 lets the old space grow before it collects it. Left to itself it takes a
 * multiple of what lives there on a machine with much memory: 296 to 458 MB resident under sustained exports, 208 with
 * this; what it costs the processor is within the noise (docs/performance.md).
 */
const HEAP_GROWING_PERCENT = 50

/** Keeps the process's heaps, those of its threads included, near the size of what lives in them. */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`)
}
