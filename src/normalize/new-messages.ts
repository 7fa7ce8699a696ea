import type { Message } from '../model/message.ts'

/** What an earlier call of the same execution was asked and answered. */
interface EarlierCall {
  input: readonly Message[]
  output: readonly Message[]
}

/**
 * Which messages of a call's input are new in this turn. The earlier call that it goes on from is the one whose input
 * it begins with for longest; what that call answered is not new either. Without such a call everything is new.
 */
export function newMessages(input: readonly Message[], earlier: readonly EarlierCall[]): boolean[] {
  const keys = input.map(keyOf)
  let best: EarlierCall | null = null
  let known = 0
  for (const call of earlier) {
    const before = call.input.map(keyOf)
    const end = before.findIndex((key, index) => key !== keys[index])
    const shared = end === -1 ? before.length : end
    // the same instructions alone are no conversation that goes on
    const speaks = before.slice(0, shared).some((_, index) => input[index]?.role !== 'system')
    if (shared > known && speaks) {
      known = shared
      best = call
    }
  }
  const answered = new Set(best?.output.map(keyOf))
  return keys.map((key, index) => index >= known && !answered.has(key))
}

const keyOf = ({ role, parts }: Message) => JSON.stringify([role, parts])
