import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { type Static, type TSchema, Type } from 'typebox'
import { parse, YAMLParseError } from 'yaml'
import { limits } from './limits.ts'
import { SCOPES } from './model/principal.ts'

const closed = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const Name = Type.String({ minLength: 1, maxLength: limits.maxIdLength })
const Names = Type.Array(Name)
const PersonalData = Type.Union([Type.Literal('ingest'), Type.Literal('read'), Type.Literal('keep')])
const StoredContent = Type.Union([Type.Literal('full'), Type.Literal('masked'), Type.Literal('none')])

/** Signature algorithms an issuer may use: asymmetric ones only, so that a public key never serves as a secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const
const Algorithm = Type.Union(ALGORITHMS.map((name) => Type.Literal(name)))

/** Which claim says what. A name is looked up as it is, then as a path (`realm_access.roles`). */
const ClaimNames = closed({
  workspace: Type.Optional(Name),
  workflows: Type.Optional(Name),
  scope: Type.Optional(Name),
  roles: Type.Optional(Name),
})

const Issuer = closed({
  /** The `iss` of its tokens, exactly. */
  issuer: Name,
  /** The `aud` its tokens must name; default: TRACE_JWT_AUDIENCE. */
  audience: Type.Optional(Name),
  jwks_url: Name,
  algorithms: Type.Optional(Type.Array(Algorithm, { minItems: 1 })),
  claims: Type.Optional(ClaimNames),
  /** The `typ` its tokens must have (`at+jwt`), where it also signs others for the same audience. Default: any. */
  typ: Type.Optional(Name),
  /** Every token of this issuer belongs to this workspace, whatever it claims. */
  workspace: Type.Optional(Name),
  /** The workspaces its tokens may claim: names, `prefix*`, `*`. Default: any. */
  workspaces: Type.Optional(Names),
})

/** What TRACE_CONFIG may say. Keys that are not here stop the start, with their path. */
export const ConfigFile = closed({
  dashboards: Type.Optional(
    Type.Array(
      closed({
        name: Name,
        url: Type.String({ pattern: '^https://' }),
        where: Type.Optional(Type.Union([Type.Literal('header'), Type.Literal('span')])),
      }),
    ),
  ),
  /** Handle → workflow id. */
  aliases: Type.Optional(Type.Record(Type.String(), Name)),
  redaction: Type.Optional(
    closed({
      personal_data: Type.Optional(PersonalData),
      /** Values that no rule touches, exactly as written. */
      allow: Type.Optional(Names),
      /** Rules of the operator: linear-time regular expressions, always removed before storing. */
      rules: Type.Optional(
        Type.Array(
          closed({
            name: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,63}$' }),
            pattern: Type.String({ minLength: 1 }),
            keywords: Type.Optional(Names),
          }),
        ),
      ),
      /** Names of attributes whose values are always removed. */
      keys: Type.Optional(Names),
      /** Names of attributes that only the rules for secrets in values apply to. */
      allow_keys: Type.Optional(Names),
      /** The first entry whose pattern matches the workflow overrides. */
      workflows: Type.Optional(
        Type.Array(
          closed({
            match: Name,
            personal_data: Type.Optional(PersonalData),
            content: Type.Optional(StoredContent),
          }),
        ),
      ),
      content: Type.Optional(StoredContent),
    }),
  ),
  /** Role → scopes. */
  roles: Type.Optional(
    Type.Record(Type.String(), Type.Array(Type.Union(SCOPES.map((scope) => Type.Literal(scope))))),
  ),
  limits: Type.Optional(
    closed({
      max_body_bytes: Type.Optional(Type.Integer({ minimum: 1024, maximum: limits.maxBodyBytesSettable })),
      max_in_flight_bytes: Type.Optional(Type.Integer({ minimum: 1024 * 1024 })),
      max_artifact_bytes: Type.Optional(
        Type.Integer({ minimum: 1024, maximum: limits.maxArtifactBytesSettable }),
      ),
    }),
  ),
  claims: Type.Optional(ClaimNames),
  issuers: Type.Optional(Type.Array(Issuer)),
  /** Origins that may show the page in a frame. */
  frame_ancestors: Type.Optional(Type.Array(Type.String({ pattern: '^https?://[^\\s;,\'"]+$' }))),
})
export type ConfigFile = Static<typeof ConfigFile>

/**
 * Reads and checks the YAML file of TRACE_CONFIG. In: its path, and `wrong`, called once for each thing that
 * is wrong, with a sentence that names the key's path. Out: the file, or an empty one when anything was wrong.
 */
export function readConfigFile(path: string, wrong: (sentence: string) => void): ConfigFile {
  let file: unknown
  try {
    file = parse(readFileSync(path, 'utf8')) ?? {}
  } catch (error) {
    wrong(`cannot be read: ${reason(error)}`)
    return {}
  }
  const sentences = problemsOf(file)
  for (const sentence of sentences) wrong(sentence)
  return sentences.length === 0 ? (file as ConfigFile) : {}
}

/** One sentence per wrong place, in the order of the file's keys. */
function problemsOf(file: unknown): string[] {
  const check = new Ajv({ allErrors: true }).compile(ConfigFile)
  check(file)
  const byPath = new Map<string, string>()
  for (const { keyword, instancePath, message, params } of check.errors ?? []) {
    const at = instancePath.slice(1).replaceAll('/', '.')
    if (keyword === 'additionalProperties') {
      const key = [at, params.additionalProperty].filter((part) => part !== '').join('.')
      byPath.set(key, `unknown key ${key}`)
    } else if (keyword === 'const') {
      const value = JSON.stringify(params.allowedValue)
      const before = byPath.get(at)
      byPath.set(at, before === undefined ? `${at} must be ${value}` : `${before} or ${value}`)
    } else if (!byPath.has(at)) byPath.set(at, `${at === '' ? 'the file' : at} ${message}`)
  }
  return [...byPath.values()]
}

/** Of a YAML error its code and place: its message may quote the file, which may hold what should not be printed. */
function reason(error: unknown): string {
  if (error instanceof YAMLParseError) {
    const [{ line, col } = { line: 0, col: 0 }] = error.linePos ?? []
    return `${error.code.toLowerCase().replaceAll('_', ' ')} at line ${line}, column ${col}`
  }
  if (error instanceof ReferenceError) return 'an alias (*) names nothing'
  const { code } = error as NodeJS.ErrnoException
  return code ?? 'it is not YAML'
}
