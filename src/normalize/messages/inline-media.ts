import { createHash } from 'node:crypto'

/** Characters of base64 below which a run without a data URL may be an id, a hash, a signature. */
const SHORTEST_RUN = 1024
/** A run of `SHORTEST_RUN` covers a window of this many characters at some multiple of the stride. */
const WINDOW = 48
const STRIDE = 512

/** A data URL of any length, or a long run of base64. */
const INLINE =
  /data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,([A-Za-z0-9+/_-]{16,}={0,2})|[A-Za-z0-9+/_-]{1024,}={0,2}/g

/** A media type that stands beside base64, in JSON or in JSON within JSON. */
const MEDIA_TYPE = /(?:media|mime)_?type\\*"\s*:\s*\\*"([\w.+-]+\/[\w.+-]+)/i
/** Characters around a run in which its media type may stand. */
const AROUND = 200

/** Bytes that a text carries. */
export interface InlineMedia {
  mediaType: string | null
  /** Bytes. */
  size: number
  /** Lower-case hex. */
  sha256: string
}

/** Characters of the shortest data URL that is looked for: `data:;base64,` and 16. */
const SHORTEST_URL = 29

/** True when a text may carry bytes as base64: a look at a few places, whatever its length. */
export function mayCarryMedia(text: string): boolean {
  if (text.length < SHORTEST_URL) return false
  if (text.length < SHORTEST_RUN) return text.includes(';base64,')
  for (let at = 0; at + WINDOW <= text.length; at += STRIDE) {
    let length = 0
    while (length < WINDOW && isBase64(text.charCodeAt(at + length))) length++
    if (length === WINDOW) return true
  }
  return text.includes(';base64,')
}

/** The text with descriptions in the place of what it carries; the same text when it carries nothing. */
export function describeInline(text: string): string {
  if (!mayCarryMedia(text)) return text
  return text.replace(INLINE, (run, type: string | undefined, body: string | undefined, at: number) => {
    const media = readRun(text, run, type, body, at)
    if (media === null) return run
    return `[${media.mediaType ?? 'bytes'}, ${media.size} bytes, sha256 ${media.sha256}]`
  })
}

/** What a text carries, in order. */
export function inlineMediaOf(text: string): InlineMedia[] {
  if (!mayCarryMedia(text)) return []
  const found: InlineMedia[] = []
  for (const match of text.matchAll(INLINE)) {
    const media = readRun(text, match[0], match[1], match[2], match.index)
    if (media !== null) found.push(media)
  }
  return found
}

function readRun(
  text: string,
  run: string,
  type: string | undefined,
  body: string | undefined,
  at: number,
): InlineMedia | null {
  // what is no data URL must look like base64: `aaaa…` and hex do not
  if (body === undefined && !(/[A-Z]/.test(run) && /[a-z]/.test(run) && /[0-9]/.test(run))) return null
  const bytes = Buffer.from(body ?? run, 'base64')
  const beside = () =>
    MEDIA_TYPE.exec(text.slice(Math.max(0, at - AROUND), at)) ??
    MEDIA_TYPE.exec(text.slice(at + run.length, at + run.length + AROUND))
  return {
    mediaType: type ?? beside()?.[1] ?? null,
    size: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
}

function isBase64(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 47 && code <= 57) ||
    code === 43 ||
    code === 45 ||
    code === 95
  )
}
