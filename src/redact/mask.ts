import { judge } from './keys.ts'
import { type Pass, startPass } from './pass.ts'
import type { Redactor } from './redactor.ts'

/**
 * Personal data in what is answered. In: any text or JSON value (objects, arrays and Maps at any depth, null
 * prototypes too) as stored. Out: the same with `[redacted:rule]` in place of personal data; the same value when
 * there is none, or when the workflow's policy is `keep`. Without a workflow the strictest policy counts. Ids that
 * links are made of are not to be passed in.
 */
export function maskValue<T>(value: T, redactor: Redactor, workflow: string | null = null): T {
  const pass = startPass(redactor, workflow)
  return (pass.policy.personal === 'keep' ? value : mask(value, pass)) as T
}

/** `maskValue` for one text. */
export function maskText(text: string, redactor: Redactor, workflow: string | null = null): string {
  return maskValue(text, redactor, workflow)
}

function mask(value: unknown, pass: Pass): unknown {
  if (typeof value === 'string') return pass.text(value, pass.redactor.personal)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) {
    const kept = value.map((item) => mask(item, pass))
    return kept.some((item, index) => item !== value[index]) ? kept : value
  }
  if (value instanceof Map) {
    const kept = maskEntries([...value], pass)
    return kept === null ? value : new Map(kept)
  }
  const kept = maskEntries(Object.entries(value), pass)
  // fromEntries defines properties: `__proto__` stays an ordinary name.
  return kept === null ? value : Object.fromEntries(kept)
}

/** Null when nothing changes. */
function maskEntries(entries: [string, unknown][], pass: Pass): [string, unknown][] | null {
  let changed = false
  const names = new Set<string>()
  const kept = entries.map(([key, value]): [string, unknown] => {
    const masked = judge(key, pass).allowed ? value : mask(value, pass)
    let name = pass.text(key, pass.redactor.personal)
    for (let number = 2; names.has(name); number++) name = `${name}#${number}`
    names.add(name)
    if (masked !== value || name !== key) changed = true
    return [name, masked]
  })
  return changed ? kept : null
}
