// biome-ignore-all lint/a11y/useSemanticElements: a tree grid whose rows are not all in the DOM is no <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows have the focus, not the cells
import type { Columns } from '../model/columns.ts'
import type { Format } from '../model/format.ts'
import type { Window } from '../model/timeline.ts'
import { strings } from '../strings.ts'

/** Which columns the tree has: tokens and cost only where a span has them. */
export interface ColumnSet {
  tokens: boolean
  cost: boolean
  /** For `grid-template-columns`. */
  template: string
}

/** The columns of a tree: of one line each, or `narrow`; `slim` is one without figures but the duration. */
export function columnsOf(columns: Columns, narrow: boolean, slim: boolean): ColumnSet {
  const tokens = !slim && columns.input_tokens.some((n, i) => n !== null || columns.output_tokens[i] !== null)
  const cost = !slim && columns.cost.some((amount) => amount !== null)
  // $12,345.67 and $0.0000062 are as long as that; a figure that is cut would be another figure.
  const long = columns.cost.some((amount) => Number(amount) >= 1000 || (Number(amount) || 1) < 0.0001)
  const template = narrow
    ? 'minmax(0, 1fr) auto'
    : `minmax(${slim ? 150 : 200}px, ${columns.depth.some((depth) => depth > 5) ? 3 : 1.15}fr) ${tokens ? '50px ' : ''}${cost ? (long ? '84px ' : '62px ') : ''}62px minmax(${slim ? 90 : 140}px, 1.2fr)`
  return { tokens, cost, template }
}

/** Part of the time that a letter of a mark takes where there is little room: the last ones must have it for their text. */
const LETTER = 0.03

interface HeaderProps {
  columns: ColumnSet
  window: Window
  ticks: number[]
  format: Format
}

export function TreeHeader({ columns, window, ticks, format }: HeaderProps) {
  return (
    <div class="tree-head" role="rowgroup">
      <div class="tree-columns" role="row" aria-rowindex={1}>
        <span role="columnheader">{strings.name}</span>
        {columns.tokens ? (
          <span role="columnheader" class="right">
            {strings.tokens}
          </span>
        ) : null}
        {columns.cost ? (
          <span role="columnheader" class="right">
            {strings.cost}
          </span>
        ) : null}
        <span role="columnheader" class="right">
          {strings.duration}
        </span>
        <span role="columnheader" class="ruler" aria-label={strings.timeline}>
          {ticks.map((tick) => {
            const part = partOf(tick, window)
            const text = format.duration(tick)
            return part + text.length * LETTER > 1 ? null : (
              <span key={tick} class="tick" style={{ left: `${part * 100}%` }}>
                {text}
              </span>
            )
          })}
        </span>
      </div>
    </div>
  )
}

/** Thin lines below the marks of the ruler, behind the rows. */
export function Ruler({ window, ticks, height }: { window: Window; ticks: number[]; height: number }) {
  return (
    <div class="grid-lines" aria-hidden="true">
      <div class="tree-columns" style={{ height: `${height}px` }}>
        <span class="lines">
          {ticks.map((tick) => (
            <span key={tick} class="line" style={{ left: `${partOf(tick, window) * 100}%` }} />
          ))}
        </span>
      </div>
    </div>
  )
}

function partOf(tick: number, window: Window): number {
  return (tick - window.from) / (window.to - window.from)
}
