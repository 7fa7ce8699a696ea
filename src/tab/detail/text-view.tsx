import { useMemo, useState } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import { useChunk } from '../hooks/use-chunk.ts'
import { MARKDOWN_MOST, readDataUri, readJson, TEXT_HEAD } from '../model/text.ts'
import { strings } from '../strings.ts'
import { JsonView } from './json-view.tsx'
import { RichText } from './rich-text.tsx'

/** Characters and lines beyond which a text is folded. */
const FOLD_CHARS = 1_400
const FOLD_LINES = 18

interface Props {
  text: string
  markdown?: boolean
  /** Folded to a few lines from the start, as for a long system prompt. */
  short?: boolean
}

/** What shows markdown, which most readers never ask for. */
export const loadMarkdown = () => import('./markdown.tsx')

/** A text of a message: JSON as a tree, markdown where the reader asked for it, else plain. */
export function TextView({ text, markdown = false, short = false }: Props) {
  const { format } = useTab()
  const [open, setOpen] = useState(false)
  const [whole, setWhole] = useState(false)
  const json = useMemo(() => readJson(text), [text])
  const data = useMemo(() => readDataUri(text), [text])
  const asMarkdown = markdown && json === undefined && text.length <= MARKDOWN_MOST
  const renderer = useChunk(asMarkdown, loadMarkdown)
  if (data) {
    return (
      <span class="media">
        {data.type} · {format.bytes(data.bytes)} · {strings.notLoaded}
      </span>
    )
  }
  if (json !== undefined) return <JsonView value={json} />
  const long = short
    ? text.length > 240 || lines(text) > 4
    : text.length > FOLD_CHARS || lines(text) > FOLD_LINES
  const shown = whole ? text : text.slice(0, TEXT_HEAD)
  return (
    <div class={`text ${long && !open ? (short ? 'folded short' : 'folded') : ''}`}>
      {renderer ? (
        <renderer.Markdown text={text} />
      ) : (
        <div class="plain" dir="auto">
          <RichText text={long && !open ? shown.slice(0, 4_000) : shown} />
        </div>
      )}
      {long ? (
        <button type="button" class="link fold" onClick={() => setOpen(!open)}>
          {open ? strings.showLess : strings.showAll(format.bytes(text.length))}
        </button>
      ) : null}
      {open && !whole && text.length > TEXT_HEAD ? (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          {strings.showAll(format.bytes(text.length))}
        </button>
      ) : null}
    </div>
  )
}

function lines(text: string): number {
  let count = 1
  for (let at = text.indexOf('\n'); at >= 0 && count <= 60; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
