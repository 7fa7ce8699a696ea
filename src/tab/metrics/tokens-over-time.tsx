import { useMemo, useRef } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import { useSize } from '../hooks/use-size.ts'
import type { ViewProps } from '../hooks/view-props.ts'
import { ticksOf } from '../model/timeline.ts'
import { type Slice, toldUsage, usageOverTime } from '../model/usage.ts'
import { strings } from '../strings.ts'
import { Legend } from './bar-rows.tsx'
import { Chart } from './chart.tsx'

/** CSS pixels: the room for the numbers at the left and the times below, and the height of the bars. */
const LEFT = 46
const BOTTOM = 22
const HEIGHT = 150
/** Slices of time; the window decides how long each is. */
const SLICES = 40

/** Tokens of the model calls by the time at which they began, in the stretch that is zoomed to. */
export function TokensOverTime({
  view,
  zoom,
  loaded,
  summary,
}: Pick<ViewProps, 'view' | 'zoom' | 'loaded' | 'summary'>) {
  const { format } = useTab()
  const { columns } = view
  const { from, to } = zoom.window
  const { started_at: started } = loaded.execution
  // Of a trace that is not here as a whole the service has the numbers.
  const told = loaded.cursor === null || started === null ? undefined : summary?.usage_over_time
  const slices = useMemo(
    () =>
      told && started !== null
        ? toldUsage(told, Date.parse(started), { from, to })
        : usageOverTime(columns, { from, to }, SLICES),
    [columns, from, to, told, started],
  )
  const busy = slices.filter((slice) => slice.calls > 0)
  const numbers = (slice: Slice) => [slice.from, slice.to, slice.calls, slice.input, slice.output]
  return (
    <Chart
      wide
      title={strings.tokensOverTime}
      note={zoom.zoomed ? strings.inZoom(format.duration(from), format.duration(to)) : strings.wholeTime}
      figures={{
        head: [strings.from, strings.to, strings.calls, strings.tokensIn, strings.tokensOut],
        rows: busy.map(numbers),
        shown: busy.map((slice) => [
          `+${format.duration(slice.from)}`,
          `+${format.duration(slice.to)}`,
          format.count(slice.calls),
          format.count(slice.input),
          format.count(slice.output),
        ]),
      }}
    >
      <Columns slices={slices} />
      <Legend
        tones={[
          ['input', strings.tokensIn],
          ['output', strings.tokensOut],
        ]}
      />
    </Chart>
  )
}

function Columns({ slices }: { slices: Slice[] }) {
  const { format } = useTab()
  const frame = useRef<HTMLDivElement>(null)
  const { width } = useSize(frame)
  const first = slices[0]
  const last = slices.at(-1)
  const most = Math.max(1, ...slices.map((slice) => slice.input + slice.output))
  const marks = ticksOf({ from: 0, to: most }, 3)
  const top = Math.max(most, marks.at(-1) ?? most)
  const room = Math.max(0, width - LEFT)
  const step = room / slices.length
  const y = (value: number) => HEIGHT - (value / top) * (HEIGHT - 8)
  const times = first && last ? ticksOf({ from: first.from, to: last.to }, Math.max(3, room / 110)) : []
  const x = (ms: number) => LEFT + ((ms - (first?.from ?? 0)) / ((last?.to ?? 1) - (first?.from ?? 0))) * room
  return (
    <div ref={frame} class="columns">
      {width > 0 ? (
        <svg width={width} height={HEIGHT + BOTTOM} aria-hidden="true">
          {marks.map((mark) => (
            <g key={mark}>
              <line class="grid-line" x1={LEFT} x2={width} y1={y(mark)} y2={y(mark)} />
              <text x={LEFT - 8} y={y(mark) + 4} text-anchor="end">
                {format.compact(mark)}
              </text>
            </g>
          ))}
          {slices.map((slice, n) =>
            slice.calls === 0 ? null : (
              <g key={slice.from}>
                <title>
                  {`+${format.duration(slice.from)}: ${format.count(slice.input)} ${strings.tokensIn.toLowerCase()}, ${format.count(slice.output)} ${strings.tokensOut.toLowerCase()}`}
                </title>
                <rect
                  class="tone-input"
                  x={LEFT + n * step + 1}
                  width={Math.max(1, step - 2)}
                  y={y(slice.input)}
                  height={HEIGHT - y(slice.input)}
                />
                <rect
                  class="tone-output"
                  x={LEFT + n * step + 1}
                  width={Math.max(1, step - 2)}
                  y={y(slice.input + slice.output)}
                  height={y(slice.input) - y(slice.input + slice.output)}
                />
              </g>
            ),
          )}
          {times.map((time) =>
            x(time) > width - 24 ? null : (
              <text key={time} x={x(time)} y={HEIGHT + 16}>
                {format.duration(time)}
              </text>
            ),
          )}
        </svg>
      ) : null}
    </div>
  )
}
