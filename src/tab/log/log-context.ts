import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { SpanDetail } from '../../http/schemas/trace.ts'
import { asFailure, type Failure } from '../api/failure.ts'
import type { SpanReader } from '../api/span-reader.ts'
import type { Columns, Execution } from '../model/columns.ts'
import type { Tree } from '../model/tree.ts'

/** How a row of the log finds its span's content. */
export interface LogSource {
  reader: SpanReader
  tree: Tree
  columns: Columns
  execution: Execution
}

export type Content = { span: SpanDetail; before: SpanDetail | null } | Failure | null

/** The content of a row and of the model call before it, once `wanted`; null = not yet here. */
export function useContent(source: LogSource, row: number, previous: number, wanted: boolean): Content {
  const [content, setContent] = useState<Content>(null)
  const version = versionOf(source, row)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` changes when the span ended
  useEffect(() => {
    if (!wanted) return
    let gone = false
    const read = (at: number) => {
      const { columns, tree, execution, reader } = source
      const index = tree.span[at] ?? -1
      const trace = execution.trace_ids[columns.trace[index] ?? 0]
      return reader.read(columns.span_id[index] ?? '', execution.trace_ids.length > 1 ? trace : undefined)
    }
    Promise.all([read(row), previous < 0 ? null : read(previous)]).then(
      ([span, before]) => {
        if (!gone) setContent({ span, before })
      },
      (error) => {
        if (!gone) setContent(asFailure(error))
      },
    )
    return () => {
      gone = true
    }
  }, [source.reader, version, wanted])
  return content
}

function versionOf({ tree, columns }: LogSource, row: number): string {
  const index = tree.span[row] ?? -1
  return `${columns.span_id[index]}/${columns.state[index]}`
}

/** True once the element came near the part of the page that is seen. */
export function useSeen(element: RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    if (seen || !element.current) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true)
      },
      { rootMargin: '400px' },
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [seen, element])
  return seen
}
