/**
 * The workspace that a token names, to tell the reader whose eyes he looks through; null = none. Nothing is verified
 * here: the service does that, and says itself what the reader may do.
 */
export function workspaceOf(token: string | null): string | null {
  const claims = token?.split('.')[1]
  if (!claims) return null
  try {
    const bytes = Uint8Array.from(atob(claims.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    )
    const { workspace } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
    return typeof workspace === 'string' ? workspace : null
  } catch {
    return null
  }
}
