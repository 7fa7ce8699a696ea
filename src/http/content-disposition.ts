/** Bytes of a file name (most file systems take 255). */
const MOST_BYTES = 180
/** Bytes of an extension that is kept when a name is cut. */
const MOST_EXTENSION = 16

/**
 * `attachment` with a name that no reader misunderstands (RFC 6266, RFC 8187): plain ASCII in quotes, and where that
 * is not the whole name, the name itself percent-encoded. Total: any text goes in, only header-safe ASCII comes out.
 */
export function attachment(name: string): string {
  const file = fileName(name)
  const ascii = file.replace(/[^\x20-\x7e]/gu, '_').replace(/["\\%]/g, '_')
  const plain = `attachment; filename="${ascii}"`
  return ascii === file ? plain : `${plain}; filename*=UTF-8''${extValue(file)}`
}

/**
 * A name that is one file in the folder it is saved to: no separators, no controls, nothing invisible that turns
 * the reading direction around, not hidden, not empty, not too long.
 */
export function fileName(name: string): string {
  const clean = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '')
    .replace(/[/\\<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
  return clean === '' ? 'artifact' : shortened(clean)
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MOST_BYTES) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && Buffer.byteLength(name.slice(dot)) <= MOST_EXTENSION ? name.slice(dot) : ''
  let stem = ''
  let bytes = Buffer.byteLength(extension)
  for (const character of name) {
    bytes += Buffer.byteLength(character)
    if (bytes > MOST_BYTES) break
    stem += character
  }
  return stem.trimEnd() + extension
}

/** RFC 8187's value characters; encodeURIComponent leaves a few that it does not allow. */
const extValue = (text: string) =>
  encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
