/** True for an IPv6 address as RFC 4291 writes it, without an embedded IPv4 part or a zone. */
export function isIPv6(text: string): boolean {
  if (text.length < 2 || text.length > 39) return false
  let groups = 0
  let digits = 0
  let gaps = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 58) {
      const double = text.charCodeAt(i + 1) === 58
      // A single colon stands between two groups; a double one may stand anywhere, once.
      if (!double && (digits === 0 || i + 1 === text.length)) return false
      if (double) {
        gaps++
        i++
      }
      digits = 0
    } else {
      const hex = (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 102)
      if (!hex || ++digits > 4) return false
      if (digits === 1) groups++
    }
  }
  return gaps === 0 ? groups === 8 : gaps === 1 && groups <= 7
}
