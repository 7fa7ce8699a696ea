import type { Family } from '../family.ts'
import type { Field } from '../fields.ts'
import { database, faas, graphql, http, messaging, rpc } from './downstream.ts'
import { genAi } from './gen-ai.ts'
import { openinference } from './openinference.ts'
import { orcheo } from './orcheo.ts'
import { otel } from './otel.ts'
import { vercelAi } from './vercel-ai.ts'
import { workflow } from './workflow.ts'

/**
 * THE list: every convention that is understood, in order of precedence. To add one, write its file and
 * name it here.
 */
export const families: readonly Family[] = [
  workflow,
  openinference,
  orcheo,
  genAi,
  vercelAi,
  http,
  database,
  rpc,
  messaging,
  faas,
  graphql,
  otel,
]

const TOKENS = ['gen-ai', 'openinference', 'vercel-ai']

/** Fields whose order differs: these families first, then the rest in the order of the list. */
export const orders: Partial<Record<Field, readonly string[]>> = {
  model: ['gen-ai', 'vercel-ai'],
  inputTokens: TOKENS,
  outputTokens: TOKENS,
  totalTokens: TOKENS,
  cachedInput: TOKENS,
  cacheWriteInput: TOKENS,
  reasoningOutput: TOKENS,
}
