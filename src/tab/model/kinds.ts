import type { Skeleton } from '../../http/schemas/trace.ts'

export type SpanKind = Skeleton['columns']['kind'][number]
export type SpanState = Skeleton['columns']['state'][number]

/** The eight families that have a colour and a glyph; eyes do not tell apart more. */
export const KIND_GROUPS = [
  'workflow',
  'agent',
  'llm',
  'tool',
  'retrieval',
  'embedding',
  'guardrail',
  'other',
] as const
export type KindGroup = (typeof KIND_GROUPS)[number]

const groups: Record<SpanKind, KindGroup> = {
  workflow: 'workflow',
  node: 'workflow',
  agent: 'agent',
  llm: 'llm',
  tool: 'tool',
  downstream: 'tool',
  retriever: 'retrieval',
  reranker: 'retrieval',
  embedding: 'embedding',
  guardrail: 'guardrail',
  internal: 'other',
}

/** The family of a kind; a kind that a newer service knows is `other`. */
export function kindGroup(kind: SpanKind): KindGroup {
  return groups[kind] ?? 'other'
}

/** The kinds of a family, as the service calls them. */
export function kindsOf(group: KindGroup): SpanKind[] {
  return (Object.keys(groups) as SpanKind[]).filter((kind) => groups[kind] === group)
}

/** Spans per family, for the chips above the tree. */
export function countGroups(kinds: readonly SpanKind[]): Map<KindGroup, number> {
  const counts = new Map<KindGroup, number>()
  for (const kind of kinds) {
    const group = kindGroup(kind)
    counts.set(group, (counts.get(group) ?? 0) + 1)
  }
  return counts
}
