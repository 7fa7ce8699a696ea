/**
 * The pattern as an expression of the host's engine, which is many times faster, where that engine is linear for it,
 * too; else null. That holds when nothing is repeated without bound except at the very end of an alternative: then
 * no start can be tried at length and fail. Flags, groups that capture and classes that the two engines read in
 * different ways (`\s`, `\p`) are left to RE2, and so is everything that is not plainly of this form.
 */
export function nativeForm(pattern: string): RegExp | null {
  if (/\((?!\?:)/.test(pattern.replace(/\\./g, ''))) return null
  if (/\\[^\wd.\-/\\+*?()[\]{}|^$]|\\[a-ce-vx-zA-Z]|[$^](?![^[]*\])/.test(pattern)) return null
  let depth = 0
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]
    if (char === '\\') i++
    else if (char === '[') i = endOfClass(pattern, i)
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === '*' || char === '+' || (char === '{' && /^\{\d+,\}/.test(pattern.slice(i)))) {
      const rest = pattern.slice(char === '{' ? pattern.indexOf('}', i) + 1 : i + 1)
      if (depth > 0 || !/^(?:=\{0,2\})?(?:\||$)/.test(rest)) return null
    }
  }
  return new RegExp(pattern, 'g')
}

function endOfClass(pattern: string, at: number): number {
  let i = at + 1
  while (i < pattern.length && pattern[i] !== ']') i += pattern[i] === '\\' ? 2 : 1
  return i
}
