/**
 * The workspace that a token names, to tell the reader whose eyes he looks through. Nothing is verified here:
 * the service does that.
 */
export function workspaceOf(token: string | null): string | null {
  const claims = token?.split('.')[1]
  if (!claims) return null
  try {
    const bytes = Uint8Array.from(atob(claims.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    )
    const { workspace } = JSON.parse(new TextDecoder().decode(bytes)) as { workspace?: unknown }
    return typeof workspace === 'string' ? workspace : null
  } catch {
    return null
  }
}
