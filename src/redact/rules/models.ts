import { looksRandom } from '../checks.ts'
import { readOpenAiLegacyKey } from '../readers.ts'
import type { Rule } from '../rule.ts'
import { random, token } from './token.ts'

/** Models and the services around them. */
export const modelRules: readonly Rule[] = [
  token('openai-key', ['sk-proj-', 'sk-svcacct-', 'sk-admin-'], 'sk-(?:proj|svcacct|admin)-[\\w-]{20,}', 28),
  token('openai-legacy-key', ['t3blbkfj'], 'sk-[A-Za-z0-9]{16,}T3BlbkFJ[A-Za-z0-9]{16,}', 24, {
    before: 64,
    read: readOpenAiLegacyKey,
  }),
  token('anthropic-key', ['sk-ant-'], 'sk-ant-[\\w-]{20,}', 27),
  token('openrouter-key', ['sk-or-'], 'sk-or-(?:v\\d-)?[A-Za-z0-9]{32,}', 38),
  token('langfuse-key', ['sk-lf-'], 'sk-lf-[0-9a-f-]{32,}', 38),
  token('langsmith-key', ['lsv2_', 'ls__'], 'lsv2_(?:pt|sk)_[A-Za-z0-9_]{32,}|ls__[0-9a-f]{32}', 36),
  token('generic-sk-key', ['sk-', 'sk_'], 'sk[-_][A-Za-z0-9_-]{20,}', 23, {
    check: (f) => looksRandom(f, 3.3),
  }),
  token('huggingface-token', ['hf_', 'api_org_'], '(?:hf_|api_org_)[A-Za-z0-9]{30,}', 33),
  token('groq-key', ['gsk_'], 'gsk_[A-Za-z0-9]{40,}', 44),
  token('perplexity-key', ['pplx-'], 'pplx-[A-Za-z0-9]{32,}', 37),
  token('replicate-token', ['r8_'], 'r8_[A-Za-z0-9_-]{32,}', 35),
  token('xai-key', ['xai-'], 'xai-[A-Za-z0-9]{48,}', 52),
  token('cerebras-key', ['csk-'], 'csk-[A-Za-z0-9]{32,}', 36),
  token('fireworks-key', ['fw_'], 'fw_[A-Za-z0-9]{20,}', 23, { check: random }),
  token('tavily-key', ['tvly-'], 'tvly-[A-Za-z0-9-]{24,}', 29, { check: random }),
  token('pinecone-key', ['pcsk_'], 'pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{40,}', 50),
  token('openai-ephemeral-key', ['ek_'], 'ek_[A-Za-z0-9_-]{32,}', 35, { check: (f) => looksRandom(f, 3.3) }),
  token('google-ai-key', ['aq.ab8'], 'AQ\\.Ab8[\\w-]{40,}', 46),
  token('n8n-key', ['n8n_api_'], 'n8n_api_[0-9a-f]{60,}', 68),
  token('coze-token', ['pat_'], 'pat_[A-Za-z0-9]{64}', 68, { exact: true }),
  token('nvidia-key', ['nvapi-'], 'nvapi-[\\w-]{40,}', 46),
  token('together-key', ['tgp_v1_'], 'tgp_v1_[\\w-]{40,}', 47),
  token('wandb-key', ['wandb_v1_'], 'wandb_v1_\\w{40,}', 49),
  token('llamaindex-key', ['llx-'], 'llx-[A-Za-z0-9]{40,}', 44),
  token('jina-key', ['jina_'], 'jina_[0-9a-f]{32}[\\w-]{20,}', 57),
  token('firecrawl-key', ['fc-'], 'fc-[0-9a-f]{32}', 35, { exact: true }),
  token('e2b-key', ['e2b_'], 'e2b_[0-9a-f]{40}', 44, { exact: true }),
  token('humanloop-key', ['hl_sk_'], 'hl_sk_[0-9a-f]{40,}', 46),
  token('logfire-token', ['pylf_v'], 'pylf_v\\d_(?:[a-z]{2}_)?[A-Za-z0-9]{40,}', 49),
  token('browserbase-key', ['bb_live_'], 'bb_live_[\\w-]{24,}', 32),
  token('apify-token', ['apify_api_'], 'apify_api_[A-Za-z0-9]{32,}', 42),
  token('runpod-key', ['rpa_'], 'rpa_[A-Za-z0-9]{38,}', 42),
  token('dify-key', ['app-', 'dataset-'], '(?:app|dataset)-[A-Za-z0-9]{24}', 28, {
    exact: true,
    // As the names of other things are written, too: only what cannot be read.
    check: (found) => looksRandom(found, 4) && /[a-z]/.test(found) && /[A-Z]/.test(found.slice(4)),
  }),
  token('databricks-token', ['dapi'], 'dapi[0-9a-f]{32}(?:-\\d)?', 36, { exact: true }),
]
