interface Claims {
  workspace: string | null
  scopes: ReadonlySet<string>
}

const none: Claims = { workspace: null, scopes: new Set() }

/**
 * What a token says of itself, to tell the reader whose eyes he looks through and to leave out what he may not
 * do. Nothing is verified here: the service does that.
 */
export function claimsOf(token: string | null): Claims {
  const claims = token?.split('.')[1]
  if (!claims) return none
  try {
    const bytes = Uint8Array.from(atob(claims.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    )
    const { workspace, scope } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
    const words = typeof scope === 'string' ? scope.split(' ') : Array.isArray(scope) ? scope.map(String) : []
    return { workspace: typeof workspace === 'string' ? workspace : null, scopes: new Set(words) }
  } catch {
    return none
  }
}
