const TOKEN = "[\\w!#$%&'*+.^`|~-]{1,64}"
const MEDIA_TYPE = new RegExp(`^(${TOKEN}/${TOKEN})\\s*(?:;|$)`)

/** What a file of unknown type is. */
export const OCTET_STREAM = 'application/octet-stream'

/** The type and subtype of a Content-Type in lower case; what has not that form is an octet stream. */
export function mediaTypeOf(contentType: string | undefined): string {
  const [, type] = MEDIA_TYPE.exec(contentType?.trim() ?? '') ?? []
  return type?.toLowerCase() ?? OCTET_STREAM
}

/** Written for people or parsers of text: what can hold a secret that the rules read. */
export function isText(mediaType: string): boolean {
  return (
    mediaType.startsWith('text/') ||
    /[+](json|xml|yaml)$/.test(mediaType) ||
    /^application\/(json|xml|yaml|x-yaml|toml|sql|x-ndjson|ndjson|jsonl|x-sh|javascript|x-www-form-urlencoded)$/.test(
      mediaType,
    )
  )
}

/** Types that a download names; nothing that a browser could run or render as a page is among them. */
const TEXTS = [
  'text/plain',
  'text/csv',
  'text/markdown',
  'text/tab-separated-values',
  'application/json',
  'application/x-ndjson',
  'application/jsonl',
  'application/yaml',
  'application/toml',
]
const OFFICE = 'application/vnd.openxmlformats-officedocument'
const BINARIES = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'audio/mpeg',
  'audio/wav',
  'audio/ogg',
  'video/mp4',
  'video/webm',
  'application/pdf',
  'application/zip',
  'application/gzip',
  'application/x-tar',
  'application/vnd.apache.parquet',
  `${OFFICE}.wordprocessingml.document`,
  `${OFFICE}.spreadsheetml.sheet`,
  `${OFFICE}.presentationml.presentation`,
])

/** The Content-Type of a download: the stored one when it is on the list, else an octet stream. */
export function servedType(mediaType: string): string {
  if (TEXTS.includes(mediaType)) return `${mediaType}; charset=utf-8`
  return BINARIES.has(mediaType) ? mediaType : OCTET_STREAM
}
