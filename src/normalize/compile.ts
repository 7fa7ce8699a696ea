import type { AttributeValue } from '../model/attributes.ts'
import type { Family, Feed, NameRules } from './family.ts'
import { FIELD, type Field, READERS, type Reader, unquoted } from './fields.ts'
import { isStorableKey } from './text.ts'

/** One attribute's contribution to one field. Lower rank wins. */
interface Rule {
  place: number
  rank: number
  read: Reader
}

/** A field inside a JSON attribute. */
export interface JsonRule extends Rule {
  path: readonly string[]
}

/** All that is known about one attribute key. */
export interface Verdict {
  rules: readonly Rule[]
  json: readonly JsonRule[]
  /** Bit of each family that names this key. */
  families: number
  /** `content`, `structure`, or `unknown`: the length of the value decides. */
  holds: 'content' | 'structure' | 'unknown'
  /** True when the key can be stored as it is. */
  storable: boolean
}

/** What a span name or scope name contributes. */
interface NameVerdict {
  values: readonly { place: number; rank: number; value: unknown }[]
  families: number
}

export interface Table {
  /** What is known about an attribute key; remembers its answers. */
  verdict(key: string): Verdict
  spanName(name: string): NameVerdict | undefined
  scopeFamilies(name: string): number
  /** What gave a field its value: the attribute of a rank (with the path inside, where it is JSON). */
  source(place: number, rank: number): string | null
}

/** How many answers about keys outside the table are remembered. Keys are chosen by strangers. */
const REMEMBERED = 4096

interface Draft {
  rules: Rule[]
  json: JsonRule[]
  families: number
  holds: Verdict['holds']
  storable: boolean
}

/**
 * Compiles the list of families once, so that a span is read in one pass with one lookup per attribute
 * however many families there are. `orders` names, for a field, the families that come first.
 */
export function compile(
  families: readonly Family[],
  orders: Partial<Record<Field, readonly string[]>>,
): Table {
  if (families.length > 31) throw new RangeError('more families than bits')
  const exact = new Map<string, Draft>()
  const prefixes: { prefix: string; holds: Verdict['holds']; families: number }[] = []
  const named = new Map<string, Draft>()
  const spanNames = new Map<string, { values: NameVerdict['values'][number][]; families: number }>()
  const scopes = new Map<string, number>()
  const ranks = new Map<Field, number>()
  const quoted = families.flatMap((family) => family.quoted ?? [])
  const asWritten = (key: string, read: Reader): Reader =>
    quoted.some((start) => key.startsWith(start)) ? (value) => read(unquoted(value)) : read
  const sources: string[][] = Object.keys(FIELD).map(() => [])
  const nextRank = (field: Field, source: string) => {
    const rank = ranks.get(field) ?? 0
    ranks.set(field, rank + 1)
    sources[FIELD[field]]?.push(source)
    return rank
  }

  for (const field of Object.keys(FIELD) as Field[]) {
    for (const family of inOrder(families, orders[field] ?? [])) {
      const bit = 1 << families.indexOf(family)
      for (const feed of family.fields?.[field] ?? []) {
        const draft = draftOf(exact, keyOf(feed), bit)
        draft.rules.push({
          place: FIELD[field],
          rank: nextRank(field, keyOf(feed)),
          read: asWritten(keyOf(feed), readerOf(feed, field)),
        })
      }
      for (const [key, paths] of Object.entries(family.json ?? {})) {
        for (const [path, target] of Object.entries(paths)) {
          if (target !== field) continue
          draftOf(exact, key, bit).json.push({
            place: FIELD[field],
            rank: nextRank(field, `${key} ${path}`),
            read: READERS[field],
            path: path.split('.'),
          })
        }
      }
      for (const [prefix, names] of Object.entries(family.prefixes ?? {})) {
        for (const [name, target] of Object.entries(names)) {
          if (target !== field) continue
          const draft = draftOf(named, prefix + name, bit)
          draft.rules.push({
            place: FIELD[field],
            rank: nextRank(field, prefix + name),
            read: asWritten(prefix + name, READERS[field]),
          })
        }
      }
      addNames(spanNames, family.spanNames ?? {}, field, bit, (name) => nextRank(field, `span name ${name}`))
    }
  }
  for (const [index, family] of families.entries()) {
    const bit = 1 << index
    for (const scope of family.scopes ?? []) scopes.set(scope, (scopes.get(scope) ?? 0) | bit)
    for (const prefix of Object.keys(family.prefixes ?? {})) {
      if (prefix !== '') prefixes.push({ prefix, holds: 'structure', families: bit })
    }
    for (const holds of ['structure', 'content'] as const) {
      for (const key of family[holds] ?? []) {
        if (key.endsWith('*')) prefixes.push({ prefix: key.slice(0, -1), holds, families: bit })
        else draftOf(exact, key, bit).holds = holds
      }
    }
  }
  for (const [key, draft] of named) if (!exact.has(key)) exact.set(key, draft)
  // The longest prefix is the most exact.
  prefixes.sort((a, b) => b.prefix.length - a.prefix.length)

  const remembered = new Map<string, Verdict>()
  const lookup = (key: string): Verdict => {
    const found = remembered.get(key)
    if (found !== undefined) return found
    const rule = prefixes.find(({ prefix }) => key.startsWith(prefix))
    const verdict: Verdict = {
      rules: [],
      json: [],
      families: rule?.families ?? 0,
      holds: rule?.holds ?? 'unknown',
      storable: isStorableKey(key),
    }
    if (remembered.size >= REMEMBERED) remembered.clear()
    remembered.set(key, verdict)
    return verdict
  }
  for (const [key, draft] of exact) {
    if (draft.holds === 'unknown') {
      const rule = prefixes.find(({ prefix }) => key.startsWith(prefix))
      draft.holds = rule?.holds ?? 'structure'
    }
  }
  return {
    verdict: (key) => exact.get(key) ?? lookup(key),
    spanName: (name) => {
      const colon = name.indexOf(':')
      return spanNames.get(name) ?? (colon > 0 ? spanNames.get(name.slice(0, colon + 1)) : undefined)
    },
    scopeFamilies: (name) => scopes.get(name) ?? 0,
    source: (place, rank) => sources[place]?.[rank] ?? null,
  }
}

function inOrder(families: readonly Family[], first: readonly string[]): Family[] {
  const named = first.map((name) => families.find((family) => family.name === name))
  const head = named.filter((family) => family !== undefined)
  if (head.length < first.length) throw new RangeError(`unknown family among ${first.join(', ')}`)
  return [...head, ...families.filter((family) => !head.includes(family))]
}

function draftOf(drafts: Map<string, Draft>, key: string, bit: number): Draft {
  let draft = drafts.get(key)
  if (draft === undefined) {
    draft = { rules: [], json: [], families: 0, holds: 'unknown', storable: isStorableKey(key) }
    drafts.set(key, draft)
  }
  draft.families |= bit
  return draft
}

function addNames(
  into: Map<string, { values: NameVerdict['values'][number][]; families: number }>,
  rules: NameRules,
  field: Field,
  bit: number,
  rank: (name: string) => number,
): void {
  for (const [name, fields] of Object.entries(rules)) {
    const entry = into.get(name) ?? { values: [], families: 0 }
    into.set(name, entry)
    entry.families |= bit
    if (fields[field] === undefined) continue
    entry.values.push({ place: FIELD[field], rank: rank(name), value: fields[field] })
  }
}

/** The attribute that a feed reads. */
export function keyOf(feed: Feed): string {
  return typeof feed === 'string' ? feed : feed.key
}

/** How a feed reads it for a field. */
export function readerOf(feed: Feed, field: Field): Reader {
  if (typeof feed === 'string') return READERS[field]
  if ('is' in feed) return () => feed.is
  if ('read' in feed) return feed.read
  const map = new Map(Object.entries(feed.map))
  return (value: AttributeValue) =>
    typeof value === 'string' ? (map.get(value.trim().toLowerCase()) ?? null) : null
}
