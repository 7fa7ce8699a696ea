import type { Runner } from '../runner/index.ts'
import { callApi, chat, type Surroundings } from './chat.ts'

export const report = { workflowId: 'weekly-report', workflowName: 'Weekly report' }

/** Gathers the tickets of the week, has them summed up, and leaves a CSV and a markdown file as artifacts. */
export function runReport(runner: Runner, around: Surroundings, executionId: string): Promise<void> {
  const options = { ...report, executionId, input: { week: '2026-W47' } }
  return runner.execution(options, async (execution) => {
    const tickets = await execution.node(
      { id: 'gather', name: 'Gather tickets', kind: 'http' },
      async (node) => {
        const list = await callApi<{ id: string; subject: string }[]>(around, '/tickets')
        node.setOutput(list)
        return list
      },
    )
    const lines = await execution.node({ id: 'sum-up', name: 'Sum up each', kind: 'map' }, () =>
      Promise.all(
        tickets.slice(0, 3).map(async (ticket) => {
          const content = `Sum up in one sentence: ${ticket.subject}`
          const message = await chat(execution, around, {
            model: 'gpt-4o-mini',
            messages: [{ role: 'user', content }],
          })
          return { ...ticket, summary: message.content ?? '' }
        }),
      ),
    )
    const text = await execution.node({ id: 'write', name: 'Write report', kind: 'llm' }, async (node) => {
      const message = await chat(node, around, {
        model: 'gpt-4.1',
        messages: [
          { role: 'system', content: 'You write the weekly report of the support team, in markdown.' },
          {
            role: 'user',
            content: `Write the weekly report.\n\n\`\`\`json\n${JSON.stringify(lines, null, 2)}\n\`\`\``,
          },
        ],
      })
      return message.content ?? ''
    })
    await execution.node({ id: 'save', name: 'Save files', kind: 'file' }, (node) => {
      const csv = [
        'id,subject,summary',
        ...lines.map(({ id, subject, summary }) => [id, subject, summary].map(quoted).join(',')),
      ]
      node.artifact({
        id: 'report.md',
        name: 'Weekly report W47.md',
        mediaType: 'text/markdown',
        bytes: text,
      })
      node.artifact({
        id: 'tickets.csv',
        name: 'tickets W47.csv',
        mediaType: 'text/csv',
        bytes: `${csv.join('\r\n')}\r\n`,
      })
    })
    execution.setOutput(text)
  })
}

function quoted(field: string): string {
  return `"${field.replaceAll('"', '""')}"`
}
