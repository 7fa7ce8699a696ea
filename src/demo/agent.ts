import type OpenAI from 'openai'
import type { WorkflowSpan } from '../runner/index.ts'
import { callApi, chat, type Surroundings } from './chat.ts'
import type { Article } from './knowledge.ts'
import type { Ticket } from './tickets.ts'

/** Turns after which an agent that still calls tools is stopped. */
const MAX_TURNS = 6

const system = `You answer tickets of a shop for lamps and chairs.

Rules:
- Look facts up with the tools; never guess a status or a date.
- Follow the articles that come with the ticket.
- Promise a refund above 1 000 € only after approval.
- Write markdown, in the customer's language, in a friendly and short way.`

function tool(
  name: string,
  description: string,
  fields: Record<string, string>,
): OpenAI.Chat.ChatCompletionFunctionTool {
  const properties = Object.fromEntries(Object.entries(fields).map(([field, type]) => [field, { type }]))
  const parameters = { type: 'object', properties, required: Object.keys(fields) }
  return { type: 'function', function: { name, description, parameters } }
}

const tools = [
  tool('get_order', 'Order with its items and charges', { order_id: 'string' }),
  tool('track_parcel', 'Where a parcel is', { order_id: 'string', with_photo: 'boolean' }),
  tool('refund', 'Pays money back, up to 200 €', { order_id: 'string', amount: 'string', reason: 'string' }),
  tool('get_stock', 'Stock of a spare part', { part: 'string' }),
  tool('get_key_status', 'State of the API keys of a customer', {
    customer: 'string',
    environment: 'string',
  }),
]

/** Model and tools in turns until the model answers in words. */
export function answerTicket(
  parent: WorkflowSpan,
  around: Surroundings,
  ticket: Ticket,
  articles: readonly Article[],
): Promise<string> {
  return parent.agent({ name: 'support-agent', input: { ticket: ticket.id } }, async (agent) => {
    const context = articles.map((article) => `### ${article.title}\n${article.text}`).join('\n\n')
    const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [
      { role: 'system', content: system },
      {
        role: 'user',
        content: `# ${ticket.subject}\nFrom: ${ticket.from}\n\n${ticket.body}\n\n## Articles\n\n${context}`,
      },
    ]
    for (let turn = 1; turn <= MAX_TURNS; turn++) {
      const message = await chat(agent, around, { model: 'gpt-4.1', temperature: 0.3, messages, tools })
      messages.push(message)
      if (!message.tool_calls?.length) {
        const answer = message.content ?? ''
        agent.setOutput(answer)
        return answer
      }
      for (const call of message.tool_calls) {
        if (call.type !== 'function') continue
        const given = JSON.parse(call.function.arguments) as Record<string, unknown>
        const options = { name: call.function.name, callId: call.id, arguments: given }
        const result = await agent.tool(options, () => useTool(around, call.function.name, given))
        messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(result) })
      }
    }
    throw new Error(`no answer after ${MAX_TURNS} turns`)
  })
}

async function useTool(around: Surroundings, name: string, given: Record<string, unknown>): Promise<unknown> {
  if (name === 'get_order') return callApi(around, `/orders/${given.order_id}`)
  if (name === 'track_parcel') return callApi(around, `/parcels/${given.order_id}`)
  if (name === 'refund') return { refunded: given.amount, currency: 'EUR', reference: 'RF-30418' }
  if (name === 'get_stock') return { part: given.part, in_stock: 212, warehouse: 'north' }
  return {
    ...given,
    active: null,
    pending: 'key_9f2',
    revoked: 'key_41c',
    revoked_at: '2026-11-22T06:02:11Z',
  }
}
