import { readFileSync, statSync } from 'node:fs'

/**
 * The document of the standalone page in `file`, with `basePath` written in: its files and the API are found from the
 * root of the origin. It names its scripts by their content, and a build beside a running service replaces them, so
 * it is read again when the file has changed; while a build has it away, it is the one before. Throws if it is not
 * there at first.
 */
export function tabDocument(file: string, basePath: string): () => string {
  const read = () => writeBase(readFileSync(file, 'utf8'), escapeAttribute(basePath))
  const changed = () => statSync(file, { throwIfNoEntry: false })?.mtimeMs
  let at = changed()
  let html = read()
  return () => {
    const now = changed()
    if (now !== undefined && now !== at) {
      html = read()
      at = now
    }
    return html
  }
}

function writeBase(html: string, base: string): string {
  return html.replaceAll('"./assets/', `"${base}/assets/`).replace('base-url=""', `base-url="${base}"`)
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
