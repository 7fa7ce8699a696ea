import { type Columns, type Execution, titleOf } from './columns.ts'
import type { Format } from './format.ts'
import { buildTree } from './tree.ts'

/** Rows of an outline; a longer trace is cut, and says so. */
const MOST = 500

/** The trace as a nested list in markdown, for a ticket or a chat: no content, only structure. */
export function outline(execution: Execution, columns: Columns, format: Format): string {
  const tree = buildTree(columns)
  const lines = [
    `## ${plain(execution.workflow_id)} / ${plain(execution.execution_id)}`,
    '',
    `${execution.status}, ${format.duration(execution.duration_ms)}, ${format.count(columns.span_id.length)} spans`,
    '',
  ]
  for (let row = 0; row < Math.min(tree.length, MOST); row++) {
    const index = tree.span[row] ?? -1
    const indent = '  '.repeat(Math.min(20, tree.level[row] ?? 0))
    if (index < 0) {
      lines.push(`${indent}- *missing parent ${tree.missing.get(row)}*`)
      continue
    }
    const input = columns.input_tokens[index]
    const output = columns.output_tokens[index]
    const facts = [
      columns.duration_ms[index] === null ? 'running' : format.duration(columns.duration_ms[index]),
      input === null && output === null ? null : `${format.count((input ?? 0) + (output ?? 0))} tokens`,
      columns.cost[index] === null ? null : format.cost(columns.cost[index]),
      columns.state[index] === 'error' ? '**error**' : null,
    ]
    lines.push(
      `${indent}- ${plain(titleOf(columns, index))} (${columns.kind[index]}, ${facts.filter(Boolean).join(', ')})`,
    )
  }
  if (tree.length > MOST) lines.push('', `… ${format.count(tree.length - MOST)} more`)
  return `${lines.join('\n')}\n`
}

function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#|]/g, '\\$&').replaceAll(/\s+/g, ' ')
}
