import { useMemo, useState } from 'preact/hooks'
import { saveFile } from '../api/save-file.ts'
import { useTab } from '../hooks/tab-context.ts'
import { type TryAgain, useChunk } from '../hooks/use-chunk.ts'
import { MARKDOWN_MOST, readDataUri, readJson, TEXT_HEAD } from '../model/text.ts'
import { strings } from '../strings.ts'
import { JsonView } from './json-view.tsx'
import { RichText } from './rich-text.tsx'

/** Characters and lines beyond which a text is folded. */
const FOLD_CHARS = 1_400
const FOLD_LINES = 18

interface Props {
  text: string
  /** Where the reader asked for markdown: what shows it. */
  markdown?: Renderer | null
  /** Folded to a few lines from the start, as for a long system prompt. */
  short?: boolean
}

/** What shows markdown, which most readers never ask for. */
export type Renderer = typeof import('./markdown.tsx')

/** The renderer where it is wanted and here; a way to try again where it could not come. Until then texts are plain. */
export function useMarkdown(wanted: boolean): { renderer: Renderer | null; retry: TryAgain | null } {
  const part = useChunk(wanted, () => import('./markdown.tsx'))
  if (!wanted || !part) return { renderer: null, retry: null }
  return typeof part === 'function' ? { renderer: null, retry: part } : { renderer: part, retry: null }
}

/** A text of a message: JSON as a tree, markdown where the reader asked for it, else plain. */
export function TextView({ text, markdown = null, short = false }: Props) {
  const { format } = useTab()
  const [open, setOpen] = useState(false)
  const [whole, setWhole] = useState(false)
  const json = useMemo(() => readJson(text), [text])
  const data = useMemo(() => readDataUri(text), [text])
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
      {markdown && text.length <= MARKDOWN_MOST ? (
        <markdown.Markdown text={text} />
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
      {text.length > TEXT_HEAD ? (
        <button type="button" class="link" onClick={() => saveFile(new Blob([text]), 'text.txt')}>
          {strings.download}
        </button>
      ) : null}
      {markdown && text.length > MARKDOWN_MOST ? <p class="none">{strings.tooLong}</p> : null}
    </div>
  )
}

function lines(text: string): number {
  let count = 1
  for (let at = text.indexOf('\n'); at >= 0 && count <= 60; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
