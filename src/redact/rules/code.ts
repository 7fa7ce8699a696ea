import { looksRandom } from '../checks.ts'
import type { Rule } from '../rule.ts'
import { IN_GAP, random, token } from './token.ts'

/** Drawn at random from capitals, small letters and digits: no name of something. */
const isMixed = (found: string): boolean =>
  looksRandom(found, 4) && /[A-Z]/.test(found) && /[a-z]/.test(found)

/** Code, packages, work. */
export const codeRules: readonly Rule[] = [
  token('github-pat', ['ghp_'], 'ghp_[A-Za-z0-9]{36,}', 40),
  token('github-oauth', ['gho_'], 'gho_[A-Za-z0-9]{36,}', 40),
  token('github-app', ['ghu_', 'ghs_'], 'gh[us]_[A-Za-z0-9]{36,}', 40),
  token('github-refresh', ['ghr_'], 'ghr_[A-Za-z0-9]{36,}', 40),
  token('github-fine-grained', ['github_pat_'], 'github_pat_\\w{22,}', 33),
  token(
    'gitlab-token',
    [
      ...['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glsoat-', 'glagent-', 'gloas-', 'glimt-'],
      ...['glffct-', 'glwt-'],
    ],
    'gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt|ffct|wt)-[\\w.-]{20,}',
    25,
    { check: random },
  ),
  token('npm-token', ['npm_'], 'npm_[A-Za-z0-9]{36}', 40, { exact: true }),
  token('pypi-token', ['pypi-age'], 'pypi-AgE[\\w-]{50,}', 58),
  token('rubygems-key', ['rubygems_'], 'rubygems_[0-9a-f]{48}', 57),
  token('crates-token', ['cio'], 'cio[A-Za-z0-9]{32}', 35, { exact: true, check: isMixed }),
  token('artifactory-key', ['akcp', 'cmvmdgtu'], 'AKCp[A-Za-z0-9]{60,}|cmVmdGtu[A-Za-z0-9]{50,}', 58),
  token('sonar-token', ['sqp_', 'squ_', 'sqa_'], 'sq[pua]_[0-9a-f]{40}', 44, { exact: true }),
  token('circleci-token', ['ccipat_', 'cciprj_'], 'CCI(?:PAT|PRJ)_[A-Za-z0-9]{22}_[0-9a-f]{40}', 70),
  token('buildkite-token', ['bkua_'], 'bkua_[0-9a-f]{40}', 45, { exact: true }),
  token('sourcegraph-token', ['sgp_'], 'sgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}', 44, { exact: true }),
  token('open-vsx-token', ['ovsxp_'], 'ovsxp_[0-9a-f-]{36}', 42),
  token('readme-key', ['rdme_'], 'rdme_[a-z0-9]{70}', 75, { exact: true }),
  token('cursor-key', ['key_'], 'key_[0-9a-f]{64}', 68, { exact: true }),
  token('dockerhub-token', ['dckr_pat_', 'dckr_oat_'], 'dckr_[po]at_[\\w-]{20,}', 29),
  token('atlassian-token', ['atatt3x', 'atctt3x'], 'AT[AC]TT3x[\\w=-]{40,}', 47),
  token('bitbucket-token', ['atbb'], 'ATBB[A-Za-z0-9]{32}', 36, { exact: true }),
  token('linear-key', ['lin_api_', 'lin_oauth_'], 'lin_(?:api|oauth)_[A-Za-z0-9]{32,}', 40),
  token('notion-token', ['ntn_', 'secret_'], 'ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}', 44, {
    exact: true,
  }),
  token('airtable-token', ['pat'], 'pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}', 82, { exact: true }),
  token('figma-token', ['figd_', 'figu_', 'figo_'], 'fig[duo]_[\\w-]{36,}', 41),
  token('contentful-token', ['cfpat-'], 'CFPAT-[\\w-]{40,}', 46),
  token('clickup-token', ['pk_'], 'pk_\\d{6,9}_[A-Z0-9]{32}', 42, { exact: true }),
  token('typeform-token', ['tfp_'], 'tfp_[\\w-]{40,}', 44),
  token('asana-token', ['1/1', '2/1'], '[12]/1\\d{14,16}(?:/1\\d{14,16})?:[0-9a-f]{32}', 49, { exact: true }),
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
