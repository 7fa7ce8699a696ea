/** What is no plain word stays as it was sent: spelled anew, a secret would no longer have the form that rules know. */
const WORD = /^[a-z][a-z_.-]{0,47}$/i

/** One spelling of a finish reason: `tool-calls`, `tool_call`, `FinishReason.STOP` are `tool_calls`, `stop`. */
export function finishReasonName(reason: string): string {
  if (!WORD.test(reason)) return reason
  const plain = reason
    .toLowerCase()
    .replaceAll('-', '_')
    .replace(/^finish_?reason[._]/, '')
  return plain === 'tool_call' ? 'tool_calls' : plain
}
