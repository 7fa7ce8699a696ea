/**
 * Made-up tokens that look real to a rule and are put together only here, at run time, so that no scanner finds
 * one in the repository. The same call gives the same text.
 */
function draw(alphabet: string, size: number, seed: number): string {
  let state = (seed * 2654435761 + size) >>> 0
  let text = ''
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    text += alphabet[(state >>> 16) % alphabet.length]
  }
  return text
}

export const alnum = (size: number, seed = 1): string =>
  draw('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', size, seed)
export const hex = (size: number, seed = 1): string => draw('0123456789abcdef', size, seed)
export const upper = (size: number, seed = 1): string => draw('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', size, seed)
export const digits = (size: number, seed = 1): string => draw('123456789', size, seed)

/** A true positive: the text, and the part of it that must be gone. */
export interface True {
  text: string
  secret: string
}

/** What a rule must find and must leave alone. */
export interface Examples {
  true: True[]
  false: string[]
}

/** A token that is the secret itself. */
export const whole = (secret: string): True => ({ text: secret, secret })
/** A secret within its context. */
export const within = (before: string, secret: string, after = ''): True => ({
  text: before + secret + after,
  secret,
})
