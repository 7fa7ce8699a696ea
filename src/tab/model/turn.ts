import type { Message } from '../../model/message.ts'

/** The messages of a model call: those that the call before had already, and those that are new. */
export interface Turn {
  earlier: Message[]
  added: Message[]
}

/**
 * What is new in a turn. A caller sends the whole conversation again with every call: what the call before
 * was sent and what it answered is known; the rest is new. `before` is null for the first call.
 */
export function turnOf(input: readonly Message[], before: readonly Message[] | null): Turn {
  // The service says it itself, from all calls that it knows.
  if (input.some((message) => 'new' in message)) {
    const isNew = (message: Message & { new?: boolean }) => message.new === true
    return { earlier: input.filter((message) => !isNew(message)), added: input.filter(isNew) }
  }
  if (before === null) return { earlier: [], added: [...input] }
  let same = 0
  while (same < input.length && same < before.length && alike(input[same], before[same])) same += 1
  return { earlier: input.slice(0, same), added: input.slice(same) }
}

/** Finish reasons and names of calls are not sent back: the role and what is said are compared. */
function alike(a: Message | undefined, b: Message | undefined): boolean {
  return a?.role === b?.role && JSON.stringify(a?.parts) === JSON.stringify(b?.parts)
}
