/** One spelling of a finish reason: `tool-calls`, `tool_call`, `FinishReason.STOP` are `tool_calls`, `stop`. */
export function finishReasonName(reason: string): string {
  const plain = reason
    .toLowerCase()
    .replaceAll('-', '_')
    .replace(/^finish_?reason[._]/, '')
  return plain === 'tool_call' ? 'tool_calls' : plain
}
