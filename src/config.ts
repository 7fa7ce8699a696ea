import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { type ConfigFile, readConfigFile } from './config-file.ts'
import { type ClaimNames, checkIssuers, claimNames, type IssuerConfig } from './config-issuers.ts'
import { limits } from './limits.ts'
import type { Scope } from './model/principal.ts'
import type { RedactorOptions } from './redact/redactor.ts'

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface Dashboard {
  name: string
  url: string
  /** null = in the header and beside every span. */
  where: 'header' | 'span' | null
}

/** What the file says of redaction; the key for ids comes from the database. */
export type RedactionConfig = Omit<RedactorOptions, 'idKey'>

/** Everything that can be set, read once at the start and frozen. */
export interface Config {
  host: string
  /** 0 = any free one. */
  port: number
  adminPort: number
  /** OTLP/gRPC; 0 = any free one, null = off. */
  grpcPort: number | null
  /** True = the port was asked for, so a taken one stops the start; false = it is only the default. */
  grpcPortGiven: boolean
  /** '' or `/path`, without a slash at the end. */
  basePath: string
  /** Absolute. */
  dataDir: string
  /** null = the embedded Postgres. Holds a password: never print it. */
  databaseUrl: string | null
  /** HS256 secret; null with `issuers` empty = the service makes its own (access/local-secret.ts). */
  jwtSecret: string | null
  jwtIssuer: string
  jwtAudience: string
  claims: ClaimNames
  /** Issuers whose keys are fetched; empty with an HS256 secret. */
  issuers: readonly IssuerConfig[]
  roles: ReadonlyMap<string, readonly Scope[]>
  corsOrigins: readonly string[]
  frameAncestors: readonly string[]
  logLevel: LogLevel
  /** null = kept for ever. */
  retentionDays: number | null
  /** Reads run under row-level security as well. */
  rowSecurity: boolean
  signArtifactIds: boolean
  /** Workflow ids that may appear as a label of metrics. */
  metricsWorkflows: readonly string[]
  dashboards: readonly Dashboard[]
  /** Handle → workflow id. */
  aliases: ReadonlyMap<string, string>
  redaction: RedactionConfig
  maxBodyBytes: number
  maxInFlightBytes: number
  /**
   * Threads beside the main one that make rows of exports; 0 = the main one does (docs/adr/0010-row-threads.md). One by
   * default where the machine has a second processor.
   */
  ingestThreads: number
  maxArtifactBytes: number
}

/** How the configuration is read. */
export interface Reading {
  env?: Readonly<Record<string, string | undefined>>
  keysNeeded?: boolean
}

/** The start is refused: one sentence for each wrong value, each beginning with the variable's name. */
export class ConfigError extends Error {
  readonly sentences: readonly string[]
  constructor(sentences: readonly string[]) {
    super(sentences.join('\n'))
    this.name = 'ConfigError'
    this.sentences = sentences
  }
}

/** The token that commands send to a service with, from TRACE_TOKEN; null = none. */
export const clientToken = (env: Reading['env'] = process.env): string | null =>
  env.TRACE_TOKEN?.trim() || null

/**
 * Reads the environment and the file that TRACE_CONFIG names. The only reader of `process.env`.
 * Throws ConfigError with everything that is wrong. `keysNeeded: false` is for commands that verify no tokens
 * (migrate): it lifts the rule that production needs configured keys.
 */
export function loadConfig({ env = process.env, keysNeeded = true }: Reading = {}): Config {
  const sentences: string[] = []
  const wrong = (name: string, sentence: string) => void sentences.push(`${name}: ${sentence}`)
  const text = (name: string): string | null => env[name]?.trim() || null

  const whole = (name: string, least: number, most: number): number | null => {
    const value = text(name)
    if (value === null) return null
    const number = Number(value)
    if (/^\d{1,9}$/.test(value) && number >= least && number <= most) return number
    wrong(name, `must be a whole number from ${least} to ${most}`)
    return null
  }
  const list = (name: string): string[] =>
    (text(name) ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
  const flag = (name: string): boolean => {
    const value = (text(name) ?? 'false').toLowerCase()
    if (value === 'true' || value === '1') return true
    if (value !== 'false' && value !== '0') wrong(name, 'must be true or false')
    return false
  }

  const path = text('TRACE_CONFIG')
  const file = path === null ? {} : readConfigFile(path, (sentence) => wrong('TRACE_CONFIG', sentence))

  const jwtSecret = text('TRACE_JWT_SECRET')
  if (jwtSecret !== null && Buffer.byteLength(jwtSecret) < 32)
    wrong('TRACE_JWT_SECRET', 'needs at least 32 bytes')
  const jwtIssuer = text('TRACE_JWT_ISSUER') ?? 'workflow-trace'
  const jwtAudience = text('TRACE_JWT_AUDIENCE') ?? 'workflow-trace'
  const claims = claimNames(file.claims)
  const jwksUrl = text('TRACE_JWKS_URL')
  const issuers = checkIssuers({ file, jwksUrl, jwtIssuer, jwtAudience, claims, wrong })
  if (jwtSecret !== null && issuers.length > 0) {
    wrong('TRACE_JWT_SECRET', 'cannot be set together with TRACE_JWKS_URL or issuers in TRACE_CONFIG')
  }
  const configuredKeys = jwtSecret !== null || issuers.length > 0
  if (keysNeeded && !configuredKeys && jwksUrl === null && text('NODE_ENV') === 'production') {
    wrong('TRACE_JWT_SECRET', 'NODE_ENV=production needs it, or TRACE_JWKS_URL, or issuers in TRACE_CONFIG')
  }

  const logLevel = (text('TRACE_LOG_LEVEL') ?? 'info').toLowerCase() as LogLevel
  if (!LOG_LEVELS.includes(logLevel)) wrong('TRACE_LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}`)
  const host = text('HOST') ?? (configuredKeys ? '0.0.0.0' : '127.0.0.1')
  if (/[\s/]/.test(host)) wrong('HOST', 'must be an address or a host name')
  const maxBodyBytes = file.limits?.max_body_bytes ?? limits.maxBodyBytes

  const config: Config = {
    host,
    port: whole('PORT', 0, 65_535) ?? 4318,
    adminPort: whole('TRACE_ADMIN_PORT', 0, 65_535) ?? 9464,
    grpcPort: env.TRACE_GRPC_PORT === undefined ? 4317 : whole('TRACE_GRPC_PORT', 0, 65_535),
    grpcPortGiven: text('TRACE_GRPC_PORT') !== null,
    basePath: basePath(text('TRACE_BASE_PATH'), wrong),
    dataDir: resolve(text('TRACE_DATA_DIR') ?? './.data'),
    databaseUrl: databaseUrl(text('DATABASE_URL'), wrong),
    jwtSecret,
    jwtIssuer,
    jwtAudience,
    claims,
    issuers,
    roles: new Map(Object.entries(file.roles ?? {})),
    corsOrigins: list('TRACE_CORS_ORIGINS').map((origin) => corsOrigin(origin, wrong)),
    frameAncestors: file.frame_ancestors ?? [],
    logLevel,
    retentionDays: whole('TRACE_RETENTION_DAYS', 1, 36_500),
    rowSecurity: flag('TRACE_RLS'),
    signArtifactIds: flag('TRACE_SIGN_ARTIFACT_IDS'),
    metricsWorkflows: list('TRACE_METRICS_WORKFLOWS'),
    dashboards: (file.dashboards ?? []).map(({ name, url, where }) => ({ name, url, where: where ?? null })),
    aliases: new Map(Object.entries(file.aliases ?? {})),
    redaction: redactionOf(file.redaction ?? {}),
    maxBodyBytes,
    maxInFlightBytes: Math.max(file.limits?.max_in_flight_bytes ?? limits.maxInFlightBytes, maxBodyBytes),
    ingestThreads: whole('TRACE_INGEST_THREADS', 0, 16) ?? (availableParallelism() > 1 ? 1 : 0),
    maxArtifactBytes: file.limits?.max_artifact_bytes ?? limits.maxArtifactBytes,
  }
  if (config.port !== 0 && config.port === config.adminPort)
    wrong('TRACE_ADMIN_PORT', 'must differ from PORT')
  if (config.grpcPortGiven && config.grpcPort !== 0) {
    if (config.grpcPort === config.port || config.grpcPort === config.adminPort)
      wrong('TRACE_GRPC_PORT', 'must differ from PORT and TRACE_ADMIN_PORT')
  }
  if (sentences.length > 0) throw new ConfigError(sentences)
  return Object.freeze(config)
}

function redactionOf(given: NonNullable<ConfigFile['redaction']>): RedactionConfig {
  const policy = ({ personal_data, content }: Pick<typeof given, 'personal_data' | 'content'>) => ({
    ...(personal_data === undefined ? {} : { personal: personal_data }),
    ...(content === undefined ? {} : { content }),
  })
  return {
    ...policy(given),
    allow: given.allow ?? [],
    keys: given.keys ?? [],
    allowKeys: given.allow_keys ?? [],
    custom: (given.rules ?? []).map(({ name, ...rule }) => ({ id: name, ...rule })),
    workflows: (given.workflows ?? []).map((entry) => ({ match: entry.match, ...policy(entry) })),
  }
}

type Wrong = (name: string, sentence: string) => void

function basePath(value: string | null, wrong: Wrong): string {
  if (value === null || value === '/') return ''
  const path = value.replace(/\/$/, '')
  if (/^(\/[A-Za-z0-9._~-]+)+$/.test(path)) return path
  wrong('TRACE_BASE_PATH', 'must be a path such as /trace')
  return ''
}

function databaseUrl(value: string | null, wrong: Wrong): string | null {
  if (value === null) return null
  // what pg takes; a unix socket has no host, which is no URL to Node
  // A URL without a host names a socket's folder in its query.
  if (/^postgres(ql)?:\/\/\S+$/.test(value) && URL.canParse(value.replace('@/', '@localhost/'))) return value
  // The value is not repeated: it holds a password.
  wrong(
    'DATABASE_URL',
    'must be a URL such as postgres://user:password@host:5432/database, with # and / of a password as %23 and %2F',
  )
  return null
}

function corsOrigin(value: string, wrong: Wrong): string {
  if (value !== '*' && !(URL.canParse(value) && new URL(value).origin === value)) {
    wrong('TRACE_CORS_ORIGINS', `${JSON.stringify(value)} is not an origin such as https://canvas.example`)
  }
  return value
}
