import type { Span } from '../../model/span.ts'
import { readContent } from '../../normalize/content.ts'
import type { CanvasState } from '../schemas/trace.ts'
import { type View, viewAttributes } from './view.ts'

const STATE = 'orcheo.workflow.state'
type Side = 'before' | 'after'
const SIDES: readonly Side[] = ['before', 'after']
type Fields = Record<string, unknown>

/** Stands in a state for what there was no room for. */
const LEFT_OUT = '…'

/**
 * The workflow's state before and after a span, as Canvas reads it in a trace: objects, for it takes no notice of JSON
 * text, which is all that OTLP can carry; what is longer than `room` characters of JSON is cut within, so that it stays
 * an object. Changes `attributes`. Where Canvas has a state it shows how its two sides differ and nothing else of input
 * and output: a model call is better told by its messages. That something was taken out or cut it says there alone.
 */
export function addState(
  attributes: Fields,
  { kind, notices }: Pick<Span, 'kind' | 'notices'>,
  room: number,
): void {
  const given = SIDES.map((side) => `${STATE}.${side}`).filter((key) => key in attributes)
  if (given.length === 0) return
  if (kind === 'llm') {
    for (const key of given) delete attributes[key]
    return
  }
  for (const code of ['redacted', 'truncated'])
    if (notices.some((notice) => notice.code === code)) attributes[`${STATE}.${code}`] = true
  for (const key of given) {
    const state = asObject(attributes[key])
    if (state === null) continue
    const cut = cutWithin(state, room)
    attributes[key] = cut
    if (cut !== state) attributes[`${STATE}.truncated`] = true
  }
}

/** True for a key that `addState` has seen to. */
export const isState = (key: string) => SIDES.some((side) => key === `${STATE}.${side}`)

/**
 * What a later Canvas asks for span by span: the state as above but whole, and where the runner sent none, what went in
 * and came out. Without `content:read` both are empty and said to be redacted.
 */
export function presentCanvasState(spanId: string, span: Span, view: View): CanvasState {
  const has = (code: string) => span.notices.some((notice) => notice.code === code)
  const answer = { span_id: spanId, redacted: !view.content || has('redacted'), truncated: has('truncated') }
  if (!view.content) return { ...answer, before: {}, after: {} }
  const attributes = viewAttributes(span, view)
  const [before, after] = SIDES.map((side) => asObject(attributes[`${STATE}.${side}`]))
  if (before || after) return { ...answer, before: before ?? {}, after: after ?? {} }
  const content = readContent(span)
  return { ...answer, before: sideOf(content.input, view), after: sideOf(content.output, view) }
}

function sideOf({ value, messages }: ReturnType<typeof readContent>['input'], view: View): Fields {
  const shown = view.mask(value ?? (messages.length > 0 ? { messages } : null))
  if (shown === null || shown === undefined) return {}
  return asObject(shown) ?? { value: shown }
}

/** An object, or the object that a text is the JSON of; else null. */
function asObject(value: unknown): Fields | null {
  const parsed = typeof value === 'string' ? fromJson(value) : value
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Fields) : null
}

function fromJson(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The same object where its JSON has room, else one whose largest values are left out, the smallest kept first. */
function cutWithin(state: Fields, room: number): Fields {
  const sized = Object.entries(state).map(([key, value]) => {
    return { key, value, size: key.length + (JSON.stringify(value)?.length ?? 0) }
  })
  if (sized.reduce((sum, { size }) => sum + size, 0) <= room) return state
  let left = room
  const kept = new Set<string>()
  for (const { key, size } of sized.toSorted((a, b) => a.size - b.size)) {
    if (size > left) break
    left -= size
    kept.add(key)
  }
  return Object.fromEntries(sized.map(({ key, value }) => [key, kept.has(key) ? value : head(value, left)]))
}

/** The head of a text that is too long, which tells more than that one was there. */
const head = (value: unknown, room: number) =>
  typeof value === 'string' ? `${value.slice(0, Math.min(room, SHOWN)).toWellFormed()}${LEFT_OUT}` : LEFT_OUT

/** Characters of a text that is cut. */
const SHOWN = 200
