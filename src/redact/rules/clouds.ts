import { looksRandom } from '../checks.ts'
import type { Rule } from '../rule.ts'
import { random, token } from './token.ts'

/** Clouds and infrastructure. */
export const cloudRules: readonly Rule[] = [
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
  // Temporary credentials: what `sts` begins them with, in base64.
  token(
    'aws-session-token',
    ['iqojb3jpz2lux2vj', 'fwogzxivyxdz'],
    '(?:IQoJb3JpZ2luX2Vj|FwoGZXIvYXdz)[\\w+/%=-]{80,}',
    92,
  ),
  token('aws-bedrock-short-key', ['bedrock-api-key-'], 'bedrock-api-key-[\\w+/=%-]{40,}', 56),
  token('aws-bedrock-key', ['absk'], 'ABSK[A-Za-z0-9+/]{60,}={0,2}', 64),
  token('gcp-api-key', ['aiza'], 'AIza[\\w-]{35}', 39),
  token('gcp-oauth-token', ['ya29.'], 'ya29\\.[\\w.-]{20,}', 25),
  token('gcp-refresh-token', ['1//0'], '1//0[\\w-]{60,}', 64),
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
    ['x-amz-signature=', 'x-goog-signature=', 'signature='],
    // The older kinds (S3, GCS, CloudFront, OSS) have base64 there, and only a query shows what they are.
    '(?i:X-Amz-Signature=|X-Goog-Signature=|[?&;]Signature=)((?:[\\w+/=~-]|%[0-9A-Fa-f]{2}){27,})',
    37,
    {
      inner: true,
      sticky:
        /(?:(?:X-Amz-Signature=|X-Goog-Signature=)([0-9a-f]{64,})|(?<=[?&;])Signature=((?:[\w+/=~-]|%[0-9a-f]{2}){27,}))/iy,
      check: random,
    },
  ),
  token('azure-client-secret', ['q~'], '[\\w~.]{3}\\dQ~[\\w~.-]{31,34}', 33, { back: [4] }),
  // Keys of Azure's services and of DevOps hold a mark of their issuer.
  token('azure-key', ['jqqj99'], '[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{16,26}', 6, { back: [52], exact: true }),
  token('azure-devops-token', ['azdo'], '[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}', 4, { back: [76], exact: true }),
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
  token('alibaba-key', ['ltai'], 'LTAI[A-Za-z0-9]{16,26}', 20, { exact: true, check: random }),
  token('tencent-key', ['akid'], 'AKID[A-Za-z0-9]{32}', 36, { exact: true, check: random }),
  token('yandex-token', ['aqvn', 'y0_'], 'AQVN[\\w-]{35,38}|y0_[\\w-]{50,}', 39, {
    exact: true,
    check: random,
  }),
  token(
    'cloudflare-token',
    ['cfut_', 'cfat_', 'cfk_', 'v1.0-'],
    'cf(?:ut|at|k)_[A-Za-z0-9]{40}[0-9a-f]{8}|v1\\.0-[0-9a-f]{24}-[0-9a-f]{146}',
    52,
  ),
  token(
    'vercel-token',
    ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_', 'vercel_blob_rw_'],
    'vc[piark]_[A-Za-z0-9]{40,}|vercel_blob_rw_\\w{30,}',
    44,
  ),
  token('netlify-token', ['nfp_', 'nfo_', 'nfc_', 'nfu_', 'nfb_'], 'nf[pocub]_[A-Za-z0-9]{36,}', 40),
  token('render-key', ['rnd_'], 'rnd_[A-Za-z0-9]{28,}', 32, { check: random }),
  token('neon-key', ['napi_'], 'napi_[a-z0-9]{48,}', 53),
  token('mongodb-atlas-secret', ['mdb_sa_sk_'], 'mdb_sa_sk_[\\w-]{36,}', 46),
  token('cockroach-key', ['ccdb1_'], 'CCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40}', 69),
  token('tailscale-key', ['tskey-'], 'tskey-(?:[a-z]+-)?[A-Za-z0-9]{8,24}-[A-Za-z0-9]{16,}', 31),
  token('deno-token', ['ddp_', 'ddo_'], 'dd[po]_[A-Za-z0-9]{36}', 40, { exact: true }),
  token('retool-key', ['retool_01'], 'retool_01[a-z0-9]{20,}', 29),
  token('onepassword-token', ['ops_eyj'], 'ops_eyJ[\\w-]{100,}={0,2}', 107),
  token(
    'infisical-token',
    ['st.'],
    'st\\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\.[0-9a-f]{32}\\.[0-9a-f]{32}',
    105,
  ),
  token('docker-swarm-token', ['swmtkn-1-'], 'SWMTKN-1-[a-z0-9]{50}-[a-z0-9]{25}', 70),
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
