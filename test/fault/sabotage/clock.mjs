// The clock of this process is wrong by FAULT_CLOCK_MS: what faketime does, without it.
const skew = Number(process.env.FAULT_CLOCK_MS)
const Real = Date
globalThis.Date = class extends Real {
  constructor(...given) {
    super(...(given.length === 0 ? [Real.now() + skew] : given))
  }

  static now() {
    return Real.now() + skew
  }
}
