import { looksRandom } from '../checks.ts'
import { readOpenAiLegacyKey } from '../readers.ts'
import type { Rule } from '../rule.ts'

const random = (found: string): boolean => looksRandom(found)

/** What stands between a provider's name and its token. */
const IN_GAP = /[\w .:="'-]/

/** A token that says by its prefix whose it is. `min` = the least length of the whole token. */
function token(id: string, keywords: string[], pattern: string, min: number, more: Partial<Rule> = {}): Rule {
  return { id, keywords, pattern, min, ...more }
}

/** Models and the services around them. */
const models: Rule[] = [
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
  token('databricks-token', ['dapi'], 'dapi[0-9a-f]{32}(?:-\\d)?', 36, { exact: true }),
]

/** Clouds and infrastructure. */
const clouds: Rule[] = [
  token('aws-access-key', ['akia', 'asia', 'abia', 'acca'], '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}', 20, {
    exact: true,
  }),
  {
    id: 'aws-secret-key',
    keywords: ['aws', 'amazon', 'secretaccesskey', 'secret access key', 'secret_access_key'],
    pattern: '(?i:aws|amazon|secret[_ -]?access[_ -]?key)[^\\n]*?["\'=:\\s]([A-Za-z0-9/+]{40})',
    gap: { over: /[^\n]/, token: /(?<=["'=:\s])[A-Za-z0-9/+]{40}/y, most: 92 },
    inner: true,
    exact: true,
    check: (found, text, at) =>
      looksRandom(found, 4) && !/[A-Za-z0-9/+]/.test(text[at + found.length] ?? ' '),
  },
  token('aws-bedrock-key', ['absk'], 'ABSK[A-Za-z0-9+/]{60,}={0,2}', 64),
  token('gcp-api-key', ['aiza'], 'AIza[\\w-]{35}', 39),
  token('gcp-oauth-token', ['ya29.'], 'ya29\\.[\\w.-]{20,}', 25),
  token('gcp-oauth-secret', ['gocspx-'], 'GOCSPX-[\\w-]{20,}', 27),
  {
    id: 'gcp-service-account',
    keywords: ['private_key_id'],
    pattern: 'private_key_id\\\\*["\']?\\s{0,4}[:=]\\s{0,4}\\\\*["\']?([0-9a-f]{40})',
    sticky: /private_key_id\\{0,64}["']?[\t\n\f\r ]{0,4}[:=][\t\n\f\r ]{0,4}\\{0,64}["']?([0-9a-f]{40})/y,
  },
  token(
    'azure-account-key',
    ['accountkey=', 'sharedaccesskey='],
    '(?i:AccountKey=|SharedAccessKey=)([\\w+/]{32,}={0,2})',
    40,
    { inner: true, sticky: /(?:AccountKey=|SharedAccessKey=)([\w+/]{32,}={0,2})/iy },
  ),
  {
    id: 'azure-sas',
    keywords: ['sig='],
    pattern: '(?i)(?:^|[?&;"\'\\s])sig=((?:[A-Za-z0-9+/_-]|%[0-9a-f]{2}){40,}={0,2})',
    sticky: /(?<![^?&;"'\t\n\f\r ])sig=((?:[\w+/-]|%[0-9a-f]{2}){40,}={0,2})/iy,
    inner: true,
  },
  token(
    'signed-url',
    ['x-amz-signature=', 'x-goog-signature='],
    '(?i:X-Amz-Signature=|X-Goog-Signature=)([0-9A-Fa-f]{64,})',
    80,
    { inner: true, sticky: /(?:X-Amz-Signature=|X-Goog-Signature=)([0-9a-f]{64,})/iy },
  ),
  token('azure-client-secret', ['q~'], '[\\w~.]{3}\\dQ~[\\w~.-]{31,34}', 33, { back: [4] }),
  token('digitalocean-token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], 'do[opr]_v1_[0-9a-f]{64}', 71),
  token('heroku-key', ['hrku-'], 'HRKU-[\\w-]{30,}', 35),
  {
    id: 'heroku-uuid-key',
    keywords: ['heroku'],
    after: 96,
    pattern:
      '(?i)heroku[\\w .-]*["\']?\\s{0,3}[:=]{1,2}\\s{0,3}["\']?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})',
    sticky:
      /heroku[\w .-]{0,96}["']?[\t\n\f\r ]{0,3}[:=]{1,2}[\t\n\f\r ]{0,3}["']?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/iy,
    inner: true,
  },
  token('vault-token', ['hvs.', 'hvb.', 'hvr.'], 'hv[sbr]\\.[\\w-]{24,}', 28),
  token('terraform-token', ['.atlasv1.'], '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w-]{50,}', 59, { back: [14] }),
  token('pulumi-token', ['pul-'], 'pul-[0-9a-f]{40}', 44, { exact: true }),
  token(
    'doppler-token',
    ['dp.'],
    'dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,}',
    46,
  ),
  token('planetscale-token', ['pscale_'], 'pscale_(?:tkn|pw|oauth)_[\\w.=-]{30,}', 40),
  token('supabase-token', ['sbp_', 'sb_secret_'], 'sbp_[0-9a-f]{40}|sb_secret_[\\w-]{20,}', 30),
  token(
    'fly-token',
    ['fo1_', 'fm1_', 'fm2_', 'fm1r_', 'fm2r_'],
    'fo1_[\\w-]{40,}|fm[12]r?_[A-Za-z0-9+/=]{60,}',
    43,
  ),
]

/** Code, packages, work. */
const code: Rule[] = [
  token('github-pat', ['ghp_'], 'ghp_[A-Za-z0-9]{36,}', 40),
  token('github-oauth', ['gho_'], 'gho_[A-Za-z0-9]{36,}', 40),
  token('github-app', ['ghu_', 'ghs_'], 'gh[us]_[A-Za-z0-9]{36,}', 40),
  token('github-refresh', ['ghr_'], 'ghr_[A-Za-z0-9]{36,}', 40),
  token('github-fine-grained', ['github_pat_'], 'github_pat_\\w{22,}', 33),
  token(
    'gitlab-token',
    ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glsoat-', 'glagent-', 'gloas-', 'glimt-'],
    'gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt)-[\\w.-]{20,}',
    25,
    { check: random },
  ),
  token('npm-token', ['npm_'], 'npm_[A-Za-z0-9]{36}', 40, { exact: true }),
  token('pypi-token', ['pypi-age'], 'pypi-AgE[\\w-]{50,}', 58),
  token('rubygems-key', ['rubygems_'], 'rubygems_[0-9a-f]{48}', 57),
  token('dockerhub-token', ['dckr_pat_', 'dckr_oat_'], 'dckr_[po]at_[\\w-]{20,}', 29),
  token('atlassian-token', ['atatt3x', 'atctt3x'], 'AT[AC]TT3x[\\w=-]{40,}', 47),
  token('bitbucket-token', ['atbb'], 'ATBB[A-Za-z0-9]{32}', 36, { exact: true }),
  token('linear-key', ['lin_api_', 'lin_oauth_'], 'lin_(?:api|oauth)_[A-Za-z0-9]{32,}', 40),
  token('notion-token', ['ntn_', 'secret_'], 'ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}', 44, {
    exact: true,
  }),
  token('airtable-token', ['pat'], 'pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}', 82, { exact: true }),
  token('figma-token', ['figd_'], 'figd_[\\w-]{36,}', 41),
  token('postman-key', ['pmak-'], 'PMAK-[0-9a-f]{24}-[0-9a-f]{34}', 64),
  {
    id: 'okta-token',
    keywords: ['ssws', 'okta'],
    gap: { over: IN_GAP, token: /(?<![A-Za-z0-9])00[\w-]{40}/y, most: 96 },
    pattern: '(?i:ssws|okta)[\\w .:="\'-]*?(00[\\w-]{40})',
    exact: true,
    check: random,
  },
]

/** Mail, chat, money, watching. */
const services: Rule[] = [
  token(
    'slack-token',
    ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe', 'xoxc-', 'xoxd-', 'xapp-'],
    '(?:xox[abcdeprs](?:\\.xox[bp])?|xapp)-[A-Za-z0-9%-]{16,}',
    21,
  ),
  token(
    'slack-webhook',
    ['hooks.slack.com/'],
    'hooks\\.slack\\.com/(?:services|workflows|triggers)/([\\w/-]{20,})',
    40,
    { sticky: /hooks\.slack\.com\/(?:services|workflows|triggers)\/([\w/-]{20,})/y },
  ),
  token(
    'stripe-key',
    ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'sk_org_'],
    '[sr]k_(?:live|test|org)_[A-Za-z0-9_]{16,}',
    23,
  ),
  token('stripe-webhook-secret', ['whsec_'], 'whsec_[A-Za-z0-9+/=]{24,}', 30),
  token(
    'twilio-key',
    [...'0123456789abcdef'].map((digit) => `sk${digit}`),
    'SK[0-9a-f]{32}',
    34,
    { exact: true },
  ),
  {
    id: 'twilio-auth-token',
    keywords: ['twilio'],
    gap: { over: IN_GAP, token: /(?<![A-Za-z0-9])[0-9a-f]{32}/iy, most: 96 },
    pattern: '(?i)twilio[\\w .:="\'-]*?([0-9a-f]{32})',
    inner: true,
    exact: true,
  },
  token('sendgrid-key', ['sg.'], 'SG\\.[\\w-]{16,32}\\.[\\w-]{32,64}', 50),
  token('mailgun-key', ['key-'], 'key-[0-9a-f]{32}', 36, { exact: true }),
  token('mailchimp-key', ['-us'], '[0-9a-f]{32}-us\\d{1,2}', 4, { back: [32], exact: true }),
  token('brevo-key', ['xkeysib-', 'xsmtpsib-'], 'x(?:key|smtp)sib-[0-9a-f]{64}-\\w{16}', 80),
  token('shopify-token', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], 'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}', 38),
  token(
    'square-token',
    ['sq0atp-', 'sq0csp-', 'sq0idp-', 'eaaa'],
    'sq0(?:atp|csp|idp)-[\\w-]{22,}|EAAA[\\w-]{60}',
    29,
    { check: random },
  ),
  token('telegram-bot-token', [':aa'], '\\d{8,10}:AA[\\w-]{33}', 36, { back: [10, 9, 8] }),
  {
    id: 'discord-bot-token',
    keywords: ['discord', 'bot '],
    gap: { over: IN_GAP, token: /(?<![A-Za-z0-9])[A-Za-z][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}/y, most: 96 },
    pattern: '(?i:discord|bot )[\\w .:="\'-]*?([A-Za-z][\\w-]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,})',
    inner: true,
  },
  token(
    'discord-webhook',
    ['/api/webhooks/'],
    'discord(?:app)?\\.com/api/webhooks/(\\d{16,20}/[\\w-]{40,})',
    50,
    { back: [14, 11], inner: true, sticky: /discord(?:app)?\.com\/api\/webhooks\/(\d{16,20}\/[\w-]{40,})/y },
  ),
  token('teams-webhook', ['.webhook.office.com/'], 'webhook\\.office\\.com/(webhookb2/[\\w@/-]{40,})', 60, {
    back: [-1],
    inner: true,
    sticky: /webhook\.office\.com\/(webhookb2\/[\w@/-]{40,})/y,
  }),
  {
    id: 'datadog-key',
    keywords: ['datadog', 'dd_api', 'dd-api', 'dd_app', 'dd-app'],
    gap: { over: IN_GAP, token: /(?<![A-Za-z0-9])(?:[0-9a-f]{40}|[0-9a-f]{32})/y, most: 96 },
    pattern: '(?i:datadog|dd[_-]ap[ip])[\\w .:="\'-]*?([0-9a-f]{40}|[0-9a-f]{32})',
    exact: true,
  },
  token(
    'newrelic-key',
    ['nrak-', 'nrjs-', 'nrii-', 'nral'],
    '(?:NRAK|NRJS|NRII)-[\\w-]{19,}|[0-9a-f]{32,36}NRAL',
    4,
    { back: [0, 36, 35, 34, 33, 32], check: random },
  ),
  token('sentry-token', ['sntrys_', 'sntryu_'], 'sntry[su]_[\\w+/=-]{32,}', 39),
  {
    id: 'sentry-dsn',
    keywords: ['://'],
    min: 40,
    pattern: 'https?://([0-9a-f]{32}(?::[0-9a-f]{32})?)@[\\w.-]+/\\d',
    sticky: /https?:\/\/([0-9a-f]{32}(?::[0-9a-f]{32})?)(?=@[\w.-]+\/\d)/y,
    back: [5, 4],
  },
  token(
    'grafana-token',
    ['glsa_', 'glc_', 'eyjrijoi'],
    'glsa_\\w{32}_[0-9a-fA-F]{8}|glc_[A-Za-z0-9+/=]{32,}|eyJrIjoi[A-Za-z0-9+/=_-]{50,}',
    36,
  ),
  // our own ingest keys (src/access/ingest-key.ts)
  token('workflow-trace-key', ['wtk_'], 'wtk_[0-9a-f]{16}_[\\w-]{43}', 64),
  token('dynatrace-token', ['dt0'], 'dt0[a-z]\\d{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}', 90),
]

/** Tokens of named providers. Order is precedence: where two overlap, the first gives the name. */
export const secretRules: readonly Rule[] = [...models, ...clouds, ...code, ...services]
