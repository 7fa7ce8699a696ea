import { useState } from 'preact/hooks'
import type { Comparison, Prompt } from '../../http/schemas/compare.ts'
import { useTab } from '../hooks/tab-context.ts'
import { DASH } from '../model/format.ts'
import type { SpanKind } from '../model/kinds.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'
import { KindGlyph } from '../views/kind-glyph.tsx'
import { PlaceLink } from '../views/place-link.tsx'

type Node = Comparison['nodes'][number]

/** Node by node: what the earlier execution (A) and this one (B) did, and what changed. */
export function CompareTable({ comparison, all }: { comparison: Comparison; all: boolean }) {
  const nodes = comparison.nodes.filter((node) => all || node.changes.length > 0)
  if (nodes.length === 0) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is too wide, so keys must reach it
    <div class="table-frame" tabIndex={0}>
      <table class="usage stacked compare-nodes">
        <thead>
          <tr>
            <th scope="col">{strings.node}</th>
            <th scope="col">{strings.whatChanged}</th>
            <th scope="col">{strings.runsOf('A')}</th>
            <th scope="col">{strings.runsOf('B')}</th>
            <th scope="col">{strings.duration}</th>
            <th scope="col">{strings.tokens}</th>
            <th scope="col">{strings.cost}</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: nodes of one comparison may share their name
            <Row key={n} node={node} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ node }: { node: Node }) {
  const { format } = useTab()
  const [open, setOpen] = useState(false)
  const { a, b } = node
  return (
    <>
      <tr
        class={
          node.changes.includes('added') ? 'is-added' : node.changes.includes('removed') ? 'is-removed' : ''
        }
      >
        <th scope="row">
          <span class="compare-name" style={{ paddingLeft: `${Math.min(8, node.depth) * 12}px` }}>
            <KindGlyph kind={node.kind as SpanKind} />
            <span title={node.name}>{node.name.trim() || DASH}</span>
          </span>
        </th>
        <td class="compare-changes">
          {node.changes.map((change) => (
            <span key={change} class={`change change-${change}`}>
              {strings.change[change] ?? change}
            </span>
          ))}
          {node.prompts.length + node.artifacts.length > 0 ? (
            <button type="button" class="link" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? strings.hideDifference : strings.showDifference}
            </button>
          ) : null}
        </td>
        <td data-label={strings.runsOf('A')}>{a === null ? DASH : runs(a, format.count)}</td>
        <td data-label={strings.runsOf('B')}>{b === null ? DASH : runs(b, format.count)}</td>
        <td data-label={strings.duration}>
          <Pair
            a={format.duration(a?.duration_ms)}
            b={format.duration(b?.duration_ms)}
            ratio={node.duration?.ratio}
          />
        </td>
        <td data-label={strings.tokens}>
          <Pair
            a={format.compact(a?.tokens.total)}
            b={format.compact(b?.tokens.total)}
            ratio={node.tokens?.ratio}
          />
        </td>
        <td data-label={strings.cost}>
          <Pair a={format.cost(a?.cost.amount)} b={format.cost(b?.cost.amount)} ratio={node.cost?.ratio} />
        </td>
      </tr>
      {open ? (
        <tr class="compare-prompts">
          <td colSpan={7}>
            {node.prompts.map((prompt) => (
              <Difference key={prompt.call} prompt={prompt} />
            ))}
            {node.artifacts.length > 0 ? <Artifacts changes={node.artifacts} /> : null}
          </td>
        </tr>
      ) : null}
    </>
  )
}

function runs(side: NonNullable<Node['a']>, count: (n: number) => string): string {
  return side.errors > 0
    ? `${count(side.runs)} (${count(side.errors)} ${strings.failedShort})`
    : count(side.runs)
}

/** What it was, what it is, and by how much that is another. */
function Pair({ a, b, ratio }: { a: string; b: string; ratio: number | null | undefined }) {
  const { format } = useTab()
  if (a === b) return <span>{a}</span>
  const by = ratio === null || ratio === undefined || !Number.isFinite(ratio) ? null : ratio - 1
  return (
    <span class="pair">
      <span class="faint">{a}</span> → {b}
      {by === null || Math.abs(by) < 0.005 ? null : (
        <span class={`pair-by ${by > 0 ? 'more' : 'less'}`}>
          {by > 0 ? '+' : '−'}
          {format.percent(Math.abs(by))}
        </span>
      )}
    </span>
  )
}

/** What came, went, or has other bytes now. */
function Artifacts({ changes }: { changes: Node['artifacts'] }) {
  const { format } = useTab()
  const line = (artifact: NonNullable<Node['artifacts'][number]['a']>) =>
    [
      artifact.name ?? artifact.id,
      artifact.media_type,
      artifact.size === null ? null : format.bytes(artifact.size),
      artifact.sha256?.slice(0, 12),
    ]
      .filter(Boolean)
      .join(' · ')
  const lines = changes.flatMap(({ a, b }) => [
    ...(a ? [`− ${line(a)}`] : []),
    ...(b ? [`+ ${line(b)}`] : []),
  ])
  return (
    <section class="difference">
      <h4>{strings.artifacts}</h4>
      <pre>
        {lines.map((text, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one difference never change
          <span key={n} class={`diff-line diff-${text[0] === '+' ? 'added' : 'removed'}`}>
            {`${text}\n`}
          </span>
        ))}
      </pre>
    </section>
  )
}

function Difference({ prompt }: { prompt: Prompt }) {
  const { format } = useTab()
  return (
    <section class="difference">
      <h4>
        {strings.modelCallNumber(format.count(prompt.call + 1))}
        <PlaceLink class="link" to={{ view: 'timeline', span: prompt.b_span_id }}>
          {strings.showSpan}
          <Icon name="right" size={11} />
        </PlaceLink>
      </h4>
      {prompt.lines ? (
        <pre>
          {prompt.lines.map((line, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one difference never change
            <span key={n} class={`diff-line diff-${line.op}`}>
              <span class="diff-sign">{line.op === 'added' ? '+' : line.op === 'removed' ? '−' : ' '}</span>
              {line.text}
              {'\n'}
            </span>
          ))}
        </pre>
      ) : (
        <p class="none">{strings.contentHidden}</p>
      )}
      {prompt.cut ? <p class="faint">{strings.differenceCut}</p> : null}
    </section>
  )
}
