import type { Attributes, AttributeValue } from '../model/attributes.ts'
import { looksRandom } from './checks.ts'
import { cleanKey, judge } from './keys.ts'
import type { Pass } from './pass.ts'
import { isReplacement, replacement } from './rule.ts'
import type { RuleSet } from './rule-set.ts'
import { isSchema, type KeyVerdict } from './rules/keys.ts'

/**
 * Attributes without what the rules remove: names and values, at every depth of arrays and kvlists. Shapes stay;
 * the same map comes back when nothing was found.
 */
export function redactAttributes(attributes: Attributes, set: RuleSet, pass: Pass): Attributes {
  return redactMap(attributes, null, set, pass)
}

function redactMap(map: Attributes, above: KeyVerdict | null, set: RuleSet, pass: Pass): Attributes {
  let result: Attributes | null = null
  for (const [key, value] of map) {
    // Names are seldom new, and those that hold nothing are remembered.
    const known = pass.redactor.judged.get(key)
    const clean = known === undefined ? cleanKey(key, pass) : key
    const { verdict, allowed } = known ?? judge(key, pass)
    const told = above ?? verdict ?? (key === 'value' ? namedBy(map, pass) : null)
    const kept = redactValue(value, told, allowed ? pass.redactor.secrets : set, pass)
    if (result === null) {
      if (clean === key && kept === value) continue
      result = entriesBefore(map, key)
    }
    result.set(result.has(clean) ? unusedKey(clean, result) : clean, kept)
  }
  return result ?? map
}

/** What stands before a key, in the order that it was sent in. */
function entriesBefore(map: Attributes, end: string): Attributes {
  const copy: Attributes = new Map()
  for (const [key, value] of map) {
    if (key === end) break
    copy.set(key, value)
  }
  return copy
}

/** Two names that hold different secrets must not become one. */
function unusedKey(key: string, taken: Attributes): string {
  let number = 2
  while (taken.has(`${key}#${number}`)) number++
  return `${key}#${number}`
}

function redactValue(
  value: AttributeValue,
  verdict: KeyVerdict | null,
  set: RuleSet,
  pass: Pass,
): AttributeValue {
  if (typeof value === 'string') {
    return verdict !== null && falls(value, verdict) ? remove(verdict, pass) : pass.text(value, set)
  }
  if (typeof value === 'bigint' || typeof value === 'number') {
    return verdict?.strong === true ? remove(verdict, pass) : value
  }
  if (value === null || typeof value === 'boolean') return value
  if (value instanceof Uint8Array) return redactBytes(value, verdict, set, pass)
  if (Array.isArray(value)) {
    const kept = value.map((item) => redactValue(item, verdict, set, pass))
    return kept.some((item, index) => item !== value[index]) ? kept : value
  }
  return redactMap(value, verdict !== null && describes(value) ? null : verdict, set, pass)
}

/** True for a JSON Schema. */
function describes(map: Attributes): boolean {
  const type = map.get('type')
  return type !== undefined && isSchema([...map.keys()], Array.isArray(type) ? type : [type])
}

/** What `{name: 'DB_PASSWORD', value: …}` says of its value. */
function namedBy(map: Attributes, pass: Pass): KeyVerdict | null {
  const name = map.get('name') ?? map.get('key')
  return typeof name === 'string' && name.length <= 256 ? judge(name, pass).verdict : null
}

/** True when a telling name takes this value with it. */
function falls(value: string, verdict: KeyVerdict): boolean {
  if (value === '' || isReplacement(value)) return false
  if (verdict.strong) return true
  // A scheme and what comes with it (`Bearer …`) are one value.
  return value.length >= 12 && !/\s/.test(value.replace(/^[A-Za-z]{5,9} /, '')) && looksRandom(value)
}

function remove(verdict: KeyVerdict, pass: Pass): string {
  pass.count(verdict.rule)
  return replacement(verdict.rule)
}

/** Bytes are read as Latin-1, which keeps every one of them; what stays of them is bytes again. */
function redactBytes(
  value: Uint8Array,
  verdict: KeyVerdict | null,
  set: RuleSet,
  pass: Pass,
): AttributeValue {
  if (value.length === 0) return value
  if (verdict?.strong === true) return remove(verdict, pass)
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
  const kept = pass.text(text, set)
  return kept === text ? value : new Uint8Array(Buffer.from(kept, 'latin1'))
}
