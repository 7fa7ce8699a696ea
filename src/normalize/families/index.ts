import type { Family } from '../family.ts'
import type { Field } from '../fields.ts'
import { crewai } from './crewai.ts'
import { dify } from './dify.ts'
import { database, faas, graphql, http, rpc } from './downstream.ts'
import { genAi } from './gen-ai.ts'
import { genkit } from './genkit.ts'
import { googleAdk } from './google-adk.ts'
import { haystack } from './haystack.ts'
import { langfuse } from './langfuse.ts'
import { langgraph } from './langgraph.ts'
import { langsmith } from './langsmith.ts'
import { litellm } from './litellm.ts'
import { livekit } from './livekit.ts'
import { mastra } from './mastra.ts'
import { mcp } from './mcp.ts'
import { messaging } from './messaging.ts'
import { microsoft } from './microsoft.ts'
import { mlflow } from './mlflow.ts'
import { n8n } from './n8n.ts'
import { openinference } from './openinference.ts'
import { orcheo } from './orcheo.ts'
import { otel } from './otel.ts'
import { pydanticAi } from './pydantic-ai.ts'
import { temporal } from './temporal.ts'
import { traceloop } from './traceloop.ts'
import { vercelAi } from './vercel-ai.ts'
import { workflow } from './workflow.ts'

/**
 * THE list: every convention that is understood, in order of precedence. To add one, write its file and
 * name it here.
 */
export const families: readonly Family[] = [
  workflow,
  langfuse,
  mlflow,
  openinference,
  langsmith,
  langgraph,
  orcheo,
  n8n,
  haystack,
  temporal,
  microsoft,
  mastra,
  crewai,
  googleAdk,
  traceloop,
  dify,
  pydanticAi,
  litellm,
  genAi,
  vercelAi,
  genkit,
  livekit,
  mcp,
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
  // The name that the provider answered with comes before what an instrumentation was configured with.
  model: ['workflow', 'langfuse', 'gen-ai', 'vercel-ai'],
  cost: ['langfuse', 'openinference', 'pydantic-ai', 'litellm', 'gen-ai', 'mlflow'],
  inputTokens: TOKENS,
  outputTokens: TOKENS,
  totalTokens: TOKENS,
  cachedInput: TOKENS,
  cacheWriteInput: TOKENS,
  reasoningOutput: TOKENS,
}
