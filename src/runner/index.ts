import type { RunnerOptions } from './options.ts'
import { Runner } from './runner.ts'

export type { ArtifactInput } from './artifacts.ts'
export type { ChatCompletion } from './chat-completion.ts'
export type { SpanKindName } from './keys.ts'
export type { MessageInput } from './messages.ts'
export type { ModelResponse, Usage } from './model-call.ts'
export type { FallbackLogOptions, Log, LogLine, RunnerOptions } from './options.ts'
export type { MessageSet } from './recorded-span.ts'
export type { ExecutionOptions, Runner } from './runner.ts'
export type {
  LlmOptions,
  NodeOptions,
  RetrieverOptions,
  SpanOptions,
  ToolOptions,
  Work,
  WorkflowSpan,
} from './workflow-span.ts'

/**
 * Makes a runner: one per process is enough. It sends in the background to the trace service at `endpoint`.
 *
 * @example
 * const runner = createRunner({ endpoint: 'http://127.0.0.1:4318', token, serviceName: 'my-runner' })
 * const answer = await runner.execution({ workflowId: 'triage', input: ticket }, (execution) =>
 *   execution.node({ id: 'fetch', kind: 'http' }, async (node) => {
 *     const response = await runner.fetch(`https://tickets.example/${ticket}`)
 *     const text = await response.text()
 *     node.setOutput(text)
 *     return text
 *   }),
 * )
 * await runner.shutdown({ timeoutMs: 2_000 })
 */
export function createRunner(options: RunnerOptions): Runner {
  return new Runner(options)
}
