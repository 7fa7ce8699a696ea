import { useMemo, useState } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import { type JsonRow, jsonRows } from '../model/json-rows.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'
import { RichText } from './rich-text.tsx'

/** Levels that are unfolded at first. */
const OPEN_LEVELS = 2
/** An unfolded value with more entries than this says how many they are. */
const OPEN_ENTRIES = 60
/** Lines shown before "load more". */
const LINES = 400
/** A string longer than this is read as prose, not as a value. */
const PROSE = 60
/** Characters of one string before it is cut. */
const STRING_HEAD = 2_000

/** A JSON value as lines that fold; only what is unfolded costs anything. */
export function JsonView({ value }: { value: unknown }) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const [most, setMost] = useState(LINES)
  const rows = useMemo(() => {
    const isOpen = (path: string, depth: number) => depth < OPEN_LEVELS !== toggled.has(path)
    return jsonRows(value, isOpen, most + 1)
  }, [value, toggled, most])
  const toggle = (path: string) =>
    setToggled((before) => {
      const after = new Set(before)
      if (!after.delete(path)) after.add(path)
      return after
    })
  return (
    <div class="json">
      {rows.slice(0, most).map((row) => (
        <Line
          key={row.path}
          row={row}
          open={row.depth < OPEN_LEVELS !== toggled.has(row.path)}
          toggle={toggle}
        />
      ))}
      {rows.length > most ? (
        <button type="button" class="link" onClick={() => setMost(most + LINES * 5)}>
          {strings.loadMore}
        </button>
      ) : null}
    </div>
  )
}

function Line({ row, open, toggle }: { row: JsonRow; open: boolean; toggle: (path: string) => void }) {
  const nested = row.type === 'object' || row.type === 'array'
  const name = row.name === null ? null : <span class="json-name">{row.name}</span>
  const style = { paddingLeft: `${row.depth * 14}px` }
  if (!nested || row.size === 0) {
    return (
      <div class="json-line" style={style}>
        <span class="json-fold" />
        {name}
        <Value row={row} />
      </div>
    )
  }
  return (
    <div class="json-line" style={style}>
      <button
        type="button"
        class={`json-toggle ${open ? 'open' : ''}`}
        aria-expanded={open}
        onClick={() => toggle(row.path)}
      >
        <span class="json-fold">
          <Icon name="right" size={10} />
        </span>
        {name}
        <Size row={row} open={open} />
      </button>
    </div>
  )
}

function Size({ row, open }: { row: JsonRow; open: boolean }) {
  const { format } = useTab()
  const count = format.count(row.size)
  if (open && row.name !== null && row.size <= OPEN_ENTRIES) return <span class="json-size" />
  return <span class="json-size">{row.type === 'array' ? strings.items(count) : strings.fields(count)}</span>
}

function Value({ row }: { row: JsonRow }) {
  if (row.type === 'object') return <span class="json-size">{'{}'}</span>
  if (row.type === 'array') return <span class="json-size">[]</span>
  if (row.type === 'string') {
    const text = String(row.value)
    return (
      <span class={text.length > PROSE ? 'json-string prose' : 'json-string'}>
        <RichText text={text.slice(0, STRING_HEAD)} />
        {text.length > STRING_HEAD ? '…' : ''}
      </span>
    )
  }
  return <span class={`json-${row.type}`}>{String(row.value)}</span>
}
