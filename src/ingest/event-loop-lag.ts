/** Milliseconds between two looks at the clock. */
const everyMs = 250
/** Milliseconds that a look may be late before new exports are refused: a few of them still fit into 8 s. */
const mostMs = 1_500

/** How late the event loop runs, seen by a timer. */
export interface EventLoopLag {
  /** True while the last look came too late. */
  late(): boolean
  stop(): void
}

/** Watches the event loop. It does not keep the process alive. */
export function watchEventLoop(now: () => number = () => performance.now()): EventLoopLag {
  let due = now() + everyMs
  let lag = 0
  const timer = setInterval(() => {
    const at = now()
    lag = Math.max(0, at - due)
    due = at + everyMs
  }, everyMs)
  timer.unref()
  return {
    late: () => Math.max(lag, now() - due) > mostMs,
    stop: () => clearInterval(timer),
  }
}
