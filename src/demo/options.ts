import { parseArgs } from 'node:util'

export interface DemoOptions {
  /** Ends when the executions are there; otherwise the demo runs until Ctrl-C. */
  once: boolean
  /** The last line on stdout is JSON. */
  json: boolean
  /** Scales every pause of the sample: 1 = lifelike, 0 = none. */
  pace: number
}

const usage = 'Usage: npm run demo -- [--once] [--json] [--pace 0..1]'

/** Throws with one line that says what is wrong. */
export function readOptions(args: string[]): DemoOptions {
  const { values } = parseArgs({
    args,
    options: {
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      pace: { type: 'string', default: '1' },
    },
  })
  const pace = Number(values.pace)
  if (!(pace >= 0 && pace <= 10)) throw new Error(`--pace must be a number from 0 to 10. ${usage}`)
  return { once: values.once, json: values.json, pace }
}
