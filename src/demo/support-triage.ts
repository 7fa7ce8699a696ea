import { setTimeout as sleep } from 'node:timers/promises'
import type { Runner, WorkflowSpan } from '../runner/index.ts'
import { answerTicket } from './agent.ts'
import { callApi, chat, type Surroundings } from './chat.ts'
import { articles } from './knowledge.ts'
import type { Ticket } from './tickets.ts'

export const triage = { workflowId: 'support-triage', workflowName: 'Support triage' }

interface Classification {
  category: string
  urgency: string
  needs_human: boolean
}

const classification = {
  type: 'json_schema' as const,
  json_schema: {
    name: 'classification',
    schema: {
      type: 'object',
      properties: {
        category: { type: 'string', enum: ['billing', 'delivery', 'damage', 'return', 'integration'] },
        urgency: { type: 'string', enum: ['low', 'normal', 'high'] },
        sentiment: { type: 'string' },
        needs_human: { type: 'boolean' },
        confidence: { type: 'number' },
      },
    },
  },
}

/** One ticket from the inbox to the answer. What happens to it on the way depends on the ticket. */
export function runTriage(
  runner: Runner,
  around: Surroundings,
  executionId: string,
  ticketId: string,
): Promise<unknown> {
  const options = { ...triage, executionId, threadId: `inbox-${ticketId}`, input: { ticket_id: ticketId } }
  return runner.execution(options, async (execution) => {
    const result = await triageTicket(execution, around, ticketId)
    execution.setOutput(result)
    return result
  })
}

/** The nodes of the workflow, for one ticket. */
async function triageTicket(parent: WorkflowSpan, around: Surroundings, ticketId: string): Promise<unknown> {
  const ticket = await parent.node(
    { id: 'fetch-ticket', name: 'Fetch ticket', kind: 'http' },
    async (node) => {
      const found = await callApi<Ticket>(around, `/tickets/${ticketId}`)
      node.setOutput(found)
      return found
    },
  )
  const kind = await parent.node({ id: 'classify', name: 'Classify', kind: 'llm' }, (node) =>
    classify(node, around, ticket),
  )
  if (/never mind/i.test(ticket.subject)) {
    parent.cancelled('the customer withdrew the ticket')
    return { ticket_id: ticketId, ...kind, answered: false }
  }
  const found = await parent.node({ id: 'find-articles', name: 'Find articles', kind: 'retriever' }, (node) =>
    retrieve(node, around, ticket),
  )
  const answer = await parent.node({ id: 'answer', name: 'Write answer', kind: 'agent' }, (node) =>
    answerTicket(node, around, ticket, found),
  )
  if (kind.needs_human) {
    await parent.node({ id: 'approve', name: 'Approval of a team lead', kind: 'human' }, (node) => {
      node.setInput({ amount: '9560.00', currency: 'EUR', proposal: answer })
      node.interrupted('waits for a team lead')
    })
    parent.interrupted('waits for a team lead')
    return { ticket_id: ticketId, ...kind, answered: false }
  }
  await parent.node(
    { id: 'publish', name: 'Publish answer', kind: 'http', input: { answer } },
    async (node) => node.setOutput(await callApi(around, `/tickets/${ticketId}/reply`, { text: answer })),
  )
  return { ticket_id: ticketId, ...kind, answered: true }
}

async function classify(node: WorkflowSpan, around: Surroundings, ticket: Ticket): Promise<Classification> {
  const message = await chat(node, around, {
    model: 'gpt-4o-mini',
    temperature: 0,
    response_format: classification,
    messages: [
      { role: 'system', content: 'Classify the ticket. Answer with JSON of the schema and nothing else.' },
      { role: 'user', content: `# ${ticket.subject}\n\n${ticket.body}` },
    ],
  })
  const result = JSON.parse(message.content ?? '{}') as Classification
  node.setOutput(result)
  return result
}

function retrieve(node: WorkflowSpan, around: Surroundings, ticket: Ticket) {
  const query = ticket.subject
  return node.retriever({ source: 'support-articles', query }, async (span) => {
    const texts = [query, ...articles.map((article) => `${article.title}. ${article.text}`)]
    const model = 'text-embedding-3-small'
    const [wanted, ...known] = await span.embedding(
      { model, provider: 'openai', input: texts },
      async (embedding) => {
        const answer = await around.openai.embeddings.create(
          { model, input: texts },
          { signal: around.signal },
        )
        embedding.setUsage({ input: answer.usage.prompt_tokens })
        return answer.data.map((item) => item.embedding)
      },
    )
    const ranked = articles
      .map((article, index) => ({ article, score: dot(wanted ?? [], known[index] ?? []) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, 2)
    const documents = ranked.map(({ article, score }) => ({
      id: article.id,
      score: Number(score.toFixed(4)),
    }))
    span.set({ 'gen_ai.retrieval.documents': JSON.stringify(documents) })
    span.setOutput(ranked.map(({ article, score }) => ({ ...article, score })))
    return ranked.map(({ article }) => article)
  })
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
}

/** Milliseconds between two tickets of the backlog, and tickets until it is through (about five minutes). */
const BACKLOG_PAUSE_MS = 4_000
const BACKLOG_TICKETS = 60

/** A run that stays open for minutes and grows: one ticket after the other, until it is aborted. */
export function runBacklog(
  runner: Runner,
  around: Surroundings,
  executionId: string,
  ids: readonly string[],
) {
  const options = { ...triage, executionId, input: { backlog: BACKLOG_TICKETS } }
  return runner.execution(options, async (execution) => {
    for (let n = 0; n < BACKLOG_TICKETS; n++) {
      const id = ids[n % ids.length] ?? ''
      await execution.span({ name: `Ticket ${n + 1} of ${BACKLOG_TICKETS}` }, (step) =>
        triageTicket(step, around, id),
      )
      await sleep(BACKLOG_PAUSE_MS * around.pace, undefined, { signal: around.signal })
    }
  })
}
