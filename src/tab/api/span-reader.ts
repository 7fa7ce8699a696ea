import type { SpanDetail } from '../../http/schemas/trace.ts'
import type { Api } from './client.ts'
import { paths } from './paths.ts'

/** Requests at a time: the reader's own clicks must not wait behind a long log. */
const AT_ONCE = 3
/** Spans whose content is kept. */
const KEPT = 300

export interface SpanReader {
  read(span: string, trace: string | undefined): Promise<SpanDetail>
}

/** Reads the content of many spans of one execution, a few at a time, each once. */
export function createSpanReader(api: Api, execution: string, signal: AbortSignal): SpanReader {
  const kept = new Map<string, Promise<SpanDetail>>()
  const waiting: (() => void)[] = []
  let busy = 0
  const turn = async () => {
    if (busy >= AT_ONCE) await new Promise<void>((go) => waiting.push(go))
    busy += 1
  }
  const load = async (span: string, trace: string | undefined): Promise<SpanDetail> => {
    await turn()
    try {
      return (await api.get<SpanDetail>(paths.span(execution, span, trace), signal)).body
    } finally {
      busy -= 1
      waiting.shift()?.()
    }
  }
  return {
    read(span, trace) {
      const key = `${trace ?? ''}/${span}`
      const known = kept.get(key)
      if (known) return known
      const answer = load(span, trace)
      kept.set(key, answer)
      // What failed may be asked for again.
      answer.catch(() => kept.delete(key))
      const [oldest] = kept.keys()
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
      return answer
    },
  }
}
