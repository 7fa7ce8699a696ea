import { setTimeout as sleep } from 'node:timers/promises'
import type { Summary } from '../http/schemas/trace.ts'
import type { SampleExecution } from './sample.ts'

/** One execution as the API shows it, beside what was expected. */
export interface Verified {
  workflow_id: string
  execution_id: string
  expected: string
  /** null = the API does not show it. */
  status: string | null
  spans: number
  input_tokens: number
  output_tokens: number
  as_expected: boolean
}

/** Milliseconds for an execution to appear as it should. */
const PATIENCE_MS = 10_000

/** Reads an execution through the API until it is there as expected, or the patience ends. */
export async function verify(url: string, token: string, execution: SampleExecution): Promise<Verified> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const summary = await summaryOf(url, token, execution.executionId)
    const settled = execution.status === 'running' || summary?.complete === true
    const stored = summary?.artifacts.filter((one) => one.state === 'stored').length
    const asExpected =
      summary?.status === execution.status &&
      settled &&
      summary.span_count > 1 &&
      stored === (execution.artifacts ?? 0)
    if (asExpected || Date.now() > deadline) {
      return {
        workflow_id: execution.workflowId,
        execution_id: execution.executionId,
        expected: execution.status,
        status: summary?.status ?? null,
        spans: summary?.span_count ?? 0,
        input_tokens: summary?.tokens.input ?? 0,
        output_tokens: summary?.tokens.output ?? 0,
        as_expected: asExpected,
      }
    }
    await sleep(100)
  }
}

async function summaryOf(url: string, token: string, executionId: string): Promise<Summary | null> {
  const address = `${url}/api/executions/${encodeURIComponent(executionId)}/trace/summary`
  const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } })
  const body: unknown = await response.json()
  return response.ok ? (body as Summary) : null
}

/** The executions as a table for people. */
export function table(rows: readonly Verified[]): string {
  const cells = [
    ['workflow', 'execution', 'status', 'spans', 'tokens in', 'out'],
    ...rows.map((row) => [
      row.workflow_id,
      row.execution_id,
      row.as_expected ? (row.status ?? '') : `${row.status ?? 'not readable'} (expected ${row.expected})`,
      String(row.spans),
      String(row.input_tokens),
      String(row.output_tokens),
    ]),
  ]
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? []
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n')
}
