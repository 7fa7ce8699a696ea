import { createRedactor, redactText } from '../../src/redact/index.ts'
import type { True } from './examples/fake.ts'
import { formatExamples } from './examples/formats.ts'
import { secretExamples } from './examples/secrets.ts'

/** What each rule of secrets finds: nothing else is always taken out at ingest. */
export const examplesByRule = Object.entries({ ...secretExamples, ...formatExamples }).map(
  ([rule, { true: positives }]) => [rule, positives] as const,
)
const redactor = createRedactor({ idKey: Buffer.alloc(32, 5) })

/** Characters of a secret that are drawn anew; fewer where it is shorter. */
const TELLING = 16
/** Every core is at least this long, and is looked up by as many bytes. */
const KEY = 7

/** The same class of character, so that the rule still knows the form. */
const classes = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
function drawn(text: string, state: number): string {
  const hex = /^[0-9a-f]+$/.test(text) ? '0123456789abcdef' : null
  let out = ''
  for (const char of text) {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0
    const of = hex ?? classes.find((one) => one.includes(char)) ?? char
    out += of[(state >>> 13) % of.length]
  }
  return out
}

/**
 * Secrets that are all different: the examples of each rule with a part drawn anew, which is what a search looks for.
 * One look finds all of them that a text holds.
 */
export class Canaries {
  readonly #cores = new Map<string, { core: string; where: string }[]>()
  readonly #seen = new Uint8Array(1 << 20)
  #count = 0

  get size(): number {
    return this.#count
  }

  /** A secret for a place that is found by a rule, `index` of its examples; its core lies in the first `most` characters. */
  take(rule: string, examples: readonly True[], index: number, place: string, most = 4_000): string {
    for (let attempt = 0; attempt < 2_000; attempt++) {
      const example = examples[(index + attempt) % examples.length] as True
      const made = this.#vary(example, Math.floor(attempt / examples.length))
      if (made === null || made.text.indexOf(made.core) + made.core.length > most) continue
      const text = made.text.slice(0, most)
      const cleaned = redactText(text, redactor, null)
      if (cleaned.counts.size === 0 || cleaned.text.includes(made.core)) continue
      this.#add(made.core, `${rule} in ${place}`)
      return text
    }
    throw new Error(`no canary for ${rule}`)
  }

  #vary({ text, secret }: True, attempt: number): { text: string; core: string } | null {
    const runs = [...secret.matchAll(/[A-Za-z0-9]+/g)].sort((a, b) => b[0].length - a[0].length)
    const run = runs[(attempt >> 2) % Math.min(runs.length, 2)]
    if (run === undefined) return null
    const size = Math.max(Math.min(TELLING >> (attempt % 3 === 2 ? 1 : 0), run[0].length), 0)
    if (size < KEY) return null
    const end = run[0].length - (attempt % 4 === 3 ? Math.floor((run[0].length - size) / 2) : 0)
    const from = run.index + end - size
    const core = drawn(secret.slice(from, from + size), (this.#count + 1) * 7919 + attempt * 104729)
    if (this.#cores.has(core.slice(0, KEY))) return null
    const varied = secret.slice(0, from) + core + secret.slice(from + size)
    return { text: text.replace(secret, () => varied), core }
  }

  #add(core: string, where: string): void {
    this.#count++
    const key = core.slice(0, KEY)
    this.#cores.set(key, [...(this.#cores.get(key) ?? []), { core, where }])
    this.#seen[hashAt(Buffer.from(key, 'latin1'), 0)] = 1
  }

  /** Which of them stand in a text or in bytes, as they are or in the base64 of bytes. */
  find(where: string | Buffer): string[] {
    const found = this.#look(typeof where === 'string' ? Buffer.from(where, 'latin1') : where)
    if (typeof where === 'string') {
      for (const [, base64] of where.matchAll(/"(?:bytesValue|bytes)":"+([A-Za-z0-9+/=]{12,})/g)) {
        for (const one of this.#look(Buffer.from(base64 as string, 'base64'))) found.push(one)
      }
    }
    return [...new Set(found)]
  }

  #look(bytes: Buffer): string[] {
    const found: string[] = []
    for (let i = 0; i <= bytes.length - KEY; i++) {
      if (this.#seen[hashAt(bytes, i)] === 0) continue
      for (const { core, where } of this.#cores.get(bytes.toString('latin1', i, i + KEY)) ?? []) {
        if (bytes.toString('latin1', i, i + core.length) === core) found.push(where)
      }
    }
    return found
  }
}

/** Four bytes to one of 2^20 places. */
function hashAt(bytes: Buffer, i: number): number {
  const four =
    ((bytes[i] as number) << 24) |
    ((bytes[i + 1] as number) << 16) |
    ((bytes[i + 2] as number) << 8) |
    (bytes[i + 3] as number)
  return Math.imul(four, 2654435769) >>> 12
}
