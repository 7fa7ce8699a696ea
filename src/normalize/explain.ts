import type { Attributes } from '../model/attributes.ts'
import type { OtlpSpan, Resource, Scope } from '../model/otlp.ts'
import type { SpanKind } from '../model/span.ts'
import { families } from './families/index.ts'
import { FIELDS, type Field } from './fields.ts'
import { Notices } from './notices.ts'
import { interpret, readAttributes } from './read.ts'
import { table } from './table.ts'

/** Where one field of a span comes from. Names only: never a value. */
export interface FieldSource {
  field: Field
  /** An attribute's key, `resource <key>`, `span name`, or the families that concluded it. */
  from: string
}

export interface Explanation {
  /** Conventions of which something was seen. */
  families: string[]
  fields: FieldSource[]
  /** What decided the kind. */
  kindFrom: string
}

/** Fields that a span takes from its resource where it says nothing itself (identity.ts). */
const inherited: readonly Field[] = ['executionId', 'workflowId', 'workflowName', 'threadId', 'userId']

/** Says how `normalizeSpan` understood a span, by the same table and the same steps. Pure. */
export function explainSpan(
  span: OtlpSpan,
  resource: Resource,
  scope: Scope,
  kind: SpanKind | null,
): Explanation {
  const { reading } = readAttributes(span.attributes, new Notices())
  const resourceReading = readAttributes(resource.attributes, new Notices()).reading
  const sources = bestSources(span.attributes)
  const before = FIELDS.map((field) => reading.value(field))
  interpret(reading, span, scope, resourceReading)
  const seen = families.filter((_, index) => (reading.families & (1 << index)) !== 0).map(({ name }) => name)
  const named = new Set((table.spanName(span.name)?.values ?? []).map(({ place }) => FIELDS[place]))

  const fields = new Map<Field, string>()
  FIELDS.forEach((field, place) => {
    const value = reading.value(field)
    if (value === null) return
    if (value === before[place]) fields.set(field, sources.get(field) ?? 'its attributes')
    else fields.set(field, named.has(field) ? 'span name' : `conclusion of ${seen.join(', ')}`)
  })
  const ofResource = bestSources(resource.attributes)
  for (const field of inherited) {
    const key = ofResource.get(field)
    if (!fields.has(field) && key !== undefined) fields.set(field, `resource ${key}`)
  }
  return {
    families: seen,
    fields: [...fields].map(([field, from]) => ({ field, from })),
    kindFrom: kindSource(kind, fields),
  }
}

/** For each field the attribute whose word counts: the usable one of the lowest rank. */
function bestSources(attributes: Attributes): Map<Field, string> {
  const best = new Map<Field, { rank: number; key: string }>()
  for (const [key, value] of attributes) {
    const { rules, json } = table.verdict(key)
    const offered = value === null ? [] : rules.filter((rule) => rule.read(value) !== null)
    // Whether a field inside of JSON was usable shows in the reading: here its key is the best guess.
    for (const { place, rank } of [...offered, ...json]) {
      const field = FIELDS[place] as Field
      const known = best.get(field)
      if (known === undefined || rank < known.rank) best.set(field, { rank, key })
    }
  }
  return new Map([...best].map(([field, { key }]) => [field, key]))
}

/** The evidence that kindOf (kind.ts) follows, in its order. */
function kindSource(kind: SpanKind | null, fields: ReadonlyMap<Field, string>): string {
  const told = fields.get('kind')
  if (told !== undefined) return told
  const model = fields.get('model') ?? fields.get('requestedModel')
  if (kind === 'llm' && model !== undefined) return `${model}, with token usage`
  return fields.get('kindHint') ?? 'nothing names a kind'
}
