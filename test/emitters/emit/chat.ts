import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type OpenAI from 'openai'

const usage = {
  prompt_tokens: 57,
  completion_tokens: 17,
  total_tokens: 74,
  prompt_tokens_details: { cached_tokens: 32 },
}
const call = {
  id: 'call_1',
  type: 'function',
  function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
}

/** OpenAI's API on loopback: a tool call first, then the answer, and so on. */
export async function chatServer(): Promise<{ baseURL: string; close: () => void }> {
  let calls = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const first = calls++ % 2 === 0
      const message = first
        ? { role: 'assistant', content: null, tool_calls: [call] }
        : { role: 'assistant', content: 'It is 18 degrees in Paris.' }
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({
          id: `chatcmpl-${calls}`,
          object: 'chat.completion',
          created: 1_790_000_000,
          model: 'gpt-4o-mini-2024-07-18',
          choices: [{ index: 0, finish_reason: first ? 'tool_calls' : 'stop', message }],
          usage,
        }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { baseURL: `http://127.0.0.1:${port}/v1`, close: () => server.close() }
}

/** Two calls of one conversation: the question, then the tool's result. */
export async function converse(client: OpenAI): Promise<void> {
  const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [
    { role: 'system', content: 'You are terse.' },
    { role: 'user', content: 'What is the weather in Paris?' },
  ]
  const { choices } = await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
  const asked = choices[0]?.message
  if (asked === undefined) throw new Error('no answer')
  messages.push(asked, { role: 'tool', tool_call_id: 'call_1', content: '{"degrees":18}' })
  await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
}
