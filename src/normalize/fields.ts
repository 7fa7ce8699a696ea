import type { AttributeValue } from '../model/attributes.ts'

/** What an attribute can say about a span. Most become columns; the rest are evidence for the steps. */
export const FIELDS = [
  'kind',
  /** Weaker evidence of the kind: used when nothing names it. */
  'kindHint',
  'status',
  'executionId',
  /** An execution id that instrumentations copy to every span: metadata, association properties, baggage. */
  'executionCopy',
  'workflowId',
  'workflowCopy',
  'workflowName',
  'threadId',
  'userId',
  'nodeId',
  'nodeName',
  'nodeKind',
  /** The LangGraph node that a span runs in; the span is the node only if it bears its name. */
  'langgraphNode',
  /** The engine's own kind or entity name, read by its family. */
  'entityName',
  'model',
  'requestedModel',
  'provider',
  'responseId',
  'finishReason',
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'cachedInput',
  'cacheWriteInput',
  'reasoningOutput',
  /** Present = input is told without its cached parts, whatever the total says. */
  'exclusiveInput',
  /** Present = the usage repeats or sums what other spans report. */
  'aggregated',
  'cost',
  'errorType',
  'errorMessage',
  /** Status codes of protocols: an error type when nothing better names it. */
  'responseCode',
  'artifactIds',
  'artifactList',
  /** Scopes an engine's counters: n8n's instance id. */
  'instanceId',
  'title',
  /** Milliseconds that the engine measured itself. */
  'durationMs',
] as const

export type Field = (typeof FIELDS)[number]

/** The place of each field in a reading. */
export const FIELD = Object.fromEntries(FIELDS.map((name, place) => [name, place])) as Record<Field, number>

/** Reads one attribute value as a field wants it; `null` = unusable, the next source is asked. */
export type Reader = (value: AttributeValue) => unknown

/** A non-empty trimmed string; whole numbers count (some engines number their executions). */
export function asText(value: AttributeValue): string | null {
  if (typeof value === 'string') {
    const text = value.trim()
    return text === '' || PLACEHOLDERS.has(text) ? null : text
  }
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && Number.isInteger(value)) return String(value)
  return null
}

/** What a text says whose convention writes texts as JSON; anything else, and a text in no quotes, as it is. */
export function unquoted(value: AttributeValue): AttributeValue {
  if (typeof value !== 'string') return value
  const text = value.trim()
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return value
  try {
    return String(JSON.parse(text))
  } catch {
    return value
  }
}

/** What engines write where they have nothing to say. */
const PLACEHOLDERS = new Set(['<not specified>', '<not serializable>', 'N/A', 'None', 'null', 'undefined'])

/** A count: a whole number of 0 or more, however it was encoded; `null` otherwise (unknown is not 0). */
export function asCount(value: AttributeValue): number | null {
  let count: number
  if (typeof value === 'bigint') count = Number(value)
  else if (typeof value === 'number') count = value
  else if (typeof value === 'string' && /^\d{1,16}$/.test(value)) count = Number(value)
  else return null
  return Number.isSafeInteger(count) && count >= 0 ? count : null
}

/** US dollars as a decimal string of at most 12 fraction digits; `null` for anything negative or not a number. */
function asAmount(value: AttributeValue): string | null {
  if (typeof value === 'string' && /^\d{1,15}(\.\d{1,12})?$/.test(value)) return trimZeros(value)
  const amount =
    typeof value === 'number' || typeof value === 'bigint'
      ? Number(value)
      : typeof value === 'string' && /^\d+(\.\d+)?(e[+-]?\d{1,3})?$/i.test(value)
        ? Number(value)
        : Number.NaN
  if (!(amount >= 0) || amount > 1e15) return null
  return trimZeros(amount.toFixed(12))
}

/** The sum of amounts, where each of them is known: some senders tell the sides and not the total. */
export function sumOfAmounts(values: readonly unknown[]): string | null {
  const amounts = values.map((value) => asAmount((value ?? null) as AttributeValue))
  if (amounts.length === 0 || amounts.includes(null)) return null
  return asAmount(amounts.reduce((sum, amount) => sum + Number(amount), 0))
}

/** First usable text of a list, which may be written in JSON, or the text itself. */
function asFirstText(value: AttributeValue): string | null {
  if (!Array.isArray(value)) {
    const text = asText(value)
    return text?.startsWith('["') ? (/^\["([\w-]{1,64})"/.exec(text)?.[1] ?? text) : text
  }
  for (const item of value) {
    const text = asText(item)
    if (text !== null) return text
  }
  return null
}

/** Lists and texts as a list of texts. */
function asTexts(value: AttributeValue): string[] | null {
  const texts = (Array.isArray(value) ? value : [value]).map(asText).filter((text) => text !== null)
  return texts.length > 0 ? texts : null
}

/** The name of an exception's class; Semantic Kernel writes the class as Python prints it. */
function asErrorType(value: AttributeValue): string | null {
  const name = asText(value)
  return name === null ? null : (/^<class '([\w.]+)'>$/.exec(name)?.[1] ?? name)
}

/** Takes the value as it is; for families that read it themselves. */
function asIs(value: AttributeValue): AttributeValue {
  return value
}

function trimZeros(decimal: string): string {
  const [whole = '0', fraction = ''] = decimal.split('.')
  const kept = fraction.replace(/0+$/, '')
  const digits = whole.replace(/^0+(?=\d)/, '')
  return kept === '' ? digits : `${digits}.${kept}`
}

/** How the value of a field is read unless its feed says otherwise. */
export const READERS: Record<Field, Reader> = {
  ...(Object.fromEntries(FIELDS.map((name) => [name, asText])) as Record<Field, Reader>),
  finishReason: asFirstText,
  inputTokens: asCount,
  outputTokens: asCount,
  totalTokens: asCount,
  cachedInput: asCount,
  cacheWriteInput: asCount,
  reasoningOutput: asCount,
  aggregated: () => true,
  cost: asAmount,
  durationMs: asCount,
  errorType: asErrorType,
  artifactIds: asTexts,
  artifactList: asIs,
}
