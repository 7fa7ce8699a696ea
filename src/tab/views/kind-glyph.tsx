import { type KindGroup, kindGroup, type SpanKind } from '../model/kinds.ts'
import { Icon, type IconName } from './icon.tsx'

const glyphs: Record<KindGroup, IconName> = {
  workflow: 'link',
  agent: 'bot',
  llm: 'bolt',
  tool: 'wrench',
  retrieval: 'lens',
  embedding: 'dots',
  guardrail: 'shield',
  other: 'circle',
}

/** The glyph of a kind on a tint of its colour. */
export function KindGlyph({ kind }: { kind: SpanKind }) {
  return <GroupGlyph group={kindGroup(kind)} />
}

export function GroupGlyph({ group }: { group: KindGroup }) {
  return (
    <span class={`glyph kind-${group}`}>
      <Icon name={glyphs[group]} size={13} />
    </span>
  )
}
