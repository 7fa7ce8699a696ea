import type { SpanDetail } from '../../http/schemas/trace.ts'
import { useTab } from '../hooks/tab-context.ts'
import type { TreeView } from '../hooks/use-tree-view.ts'
import { lengthOf, selfIntervals } from '../model/timeline.ts'
import { hasChildren } from '../model/tree.ts'
import { strings } from '../strings.ts'

interface Props {
  view: TreeView
  row: number
  now: number
  span: SpanDetail | null
}

/** The figures of a span. What the tree already knows is there at once; the rest comes with the span. */
export function Facts({ view, row, now, span }: Props) {
  const { format } = useTab()
  const { tree, columns } = view
  const index = tree.span[row] ?? -1
  const running = columns.duration_ms[index] === null
  const model = columns.model[index]
  const input = columns.input_tokens[index]
  const output = columns.output_tokens[index]
  const hasTokens = (input ?? null) !== null || (output ?? null) !== null
  const isCall = columns.kind[index] === 'llm' || columns.kind[index] === 'embedding'
  const facts: [string, string, (string | null)?][] = [
    [strings.duration, running ? strings.stillRunning : format.duration(columns.duration_ms[index])],
    [strings.start, `+${format.duration(columns.offset_ms[index])}`],
  ]
  if (hasChildren(tree, row))
    facts.push([strings.self, format.duration(lengthOf(selfIntervals(tree, columns, row, now)))])
  if (hasTokens || isCall) {
    const cached = span?.tokens.cached_input
    const reasoning = span?.tokens.reasoning_output
    facts.push([strings.tokensIn, format.count(input), cached ? strings.cached(format.count(cached)) : null])
    facts.push([
      strings.tokensOut,
      format.count(output),
      reasoning ? strings.reasoning(format.count(reasoning)) : null,
    ])
  }
  if (isCall || columns.cost[index]) {
    facts.push([
      strings.cost,
      format.cost(columns.cost[index]),
      span?.cost.source === 'estimated' ? strings.estimated : null,
    ])
  }
  if (model) facts.push([strings.model, model, span?.provider ?? null])
  if (columns.node_id[index]) facts.push([strings.node, span?.node_name ?? columns.node_id[index] ?? ''])
  if (span?.finish_reason) facts.push([strings.finish, span.finish_reason])
  return (
    <dl class="facts">
      {facts.map(([label, value, note]) => (
        <div key={label} class="cell">
          <dt>{label}</dt>
          <dd>
            <span class="value" title={value}>
              {value}
            </span>
            {note ? <span class="note">{note}</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  )
}
