import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ChatRequest, type Reply, reply } from './chat-replies.ts'
import { type JsonAnswer, type LocalServer, serveJson } from './json-server.ts'

/** Length of an embedding; short, because nobody reads it. */
const DIMENSIONS = 64
/** Tokens of a prompt are cached in steps of this many, as OpenAI does from 1,024 on. */
const CACHE_STEP = 64
/** Milliseconds of one answer before `pace`: a first token and then a rate. */
const FIRST_TOKEN_MS = 120
const MS_PER_TOKEN = 3

/**
 * A small local server that speaks OpenAI's chat completions and embeddings, so that the demo runs the real
 * client library without an account. `pace` scales its thinking time: 1 = lifelike, 0 = at once.
 */
export function startChatApi(pace: number): Promise<LocalServer> {
  const seenPrefixes = new Set<string>()
  return serveJson(async ({ method, path, body }) => {
    if (method !== 'POST') return { status: 405, body: { error: { message: 'POST it' } } }
    if (path === '/v1/embeddings') return embeddings(body as EmbeddingRequest)
    if (path !== '/v1/chat/completions') return { status: 404, body: { error: { message: 'no such path' } } }
    const request = body as ChatRequest
    const answer = reply(request)
    const usage = usageOf(request, answer, seenPrefixes)
    await sleep((FIRST_TOKEN_MS + usage.completion_tokens * MS_PER_TOKEN) * pace)
    return completion(request, answer, usage)
  })
}

interface EmbeddingRequest {
  model: string
  input: string | string[]
  encoding_format?: string
}

function embeddings({ model, input, encoding_format }: EmbeddingRequest): JsonAnswer {
  const texts = Array.isArray(input) ? input : [input]
  const tokens = texts.reduce((sum, text) => sum + tokensOf(text), 0)
  const data = texts.map((text, index) => {
    const vector = embed(text)
    const embedding =
      encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector]
    return { object: 'embedding', index, embedding }
  })
  return {
    status: 200,
    body: { object: 'list', model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } },
  }
}

/** Words hashed into a unit vector: texts that share words come out near each other. */
function embed(text: string): Float32Array {
  const vector = new Float32Array(DIMENSIONS)
  for (const word of text.toLowerCase().match(/\p{L}{4,}/gu) ?? []) {
    const place = createHash('sha256').update(word.slice(0, 6)).digest().readUInt16BE(0) % DIMENSIONS
    vector[place] = (vector[place] ?? 0) + 1
  }
  const length = Math.hypot(...vector) || 1
  return vector.map((value) => value / length)
}

function completion(request: ChatRequest, answer: Reply, usage: Usage): JsonAnswer {
  const calls = answer.toolCalls.map((call) => ({
    id: `call_${randomUUID().slice(0, 8)}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }))
  return {
    status: 200,
    body: {
      id: `chatcmpl-${randomUUID()}`,
      object: 'chat.completion',
      created: Math.floor(Date.now() / 1000),
      model: request.model,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: answer.content,
            refusal: null,
            ...(calls.length > 0 ? { tool_calls: calls } : {}),
          },
          finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
        },
      ],
      usage,
    },
  }
}

interface Usage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details: { cached_tokens: number }
}

function usageOf(request: ChatRequest, answer: Reply, seenPrefixes: Set<string>): Usage {
  let cached = 0
  let prefix = request.model
  for (const message of request.messages) {
    prefix = createHash('sha256').update(prefix).update(JSON.stringify(message)).digest('hex')
    if (seenPrefixes.has(prefix)) cached += tokensOf(JSON.stringify(message))
    seenPrefixes.add(prefix)
  }
  const input = tokensOf(JSON.stringify([request.messages, request.tools ?? []]))
  const output = tokensOf(JSON.stringify([answer.content, answer.toolCalls]))
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: Math.floor(cached / CACHE_STEP) * CACHE_STEP },
  }
}

/** English text has about four characters a token. */
function tokensOf(text: string): number {
  return Math.ceil(text.length / 4)
}
