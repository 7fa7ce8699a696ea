interface Claims {
  workspace: string | null
}

const none: Claims = { workspace: null }

/**
 * What a token says of itself, to tell the reader whose eyes he looks through. Nothing is verified here: the service
 * does that, and says itself what the reader may do.
 */
export function claimsOf(token: string | null): Claims {
  const claims = token?.split('.')[1]
  if (!claims) return none
  try {
    const bytes = Uint8Array.from(atob(claims.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    )
    const { workspace } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
    return { workspace: typeof workspace === 'string' ? workspace : null }
  } catch {
    return none
  }
}
