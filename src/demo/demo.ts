import { join } from 'node:path'
import { issueToken } from '../access/token.ts'
import { type Config, loadConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { type Service, startService } from '../main.ts'
import type { Scope } from '../model/principal.ts'
import type { DemoOptions } from './options.ts'
import { type Sample, startSample } from './sample.ts'
import { table, type Verified, verify } from './verify.ts'

/** Milliseconds that undelivered spans may hold up the end. */
const SHUTDOWN_MS = 2_000
const HOUR_S = 3_600

export interface DemoResult {
  ok: boolean
  /** The Trace tab of the first execution, with a token for a day. */
  link: string
  url: string
  admin_url: string
  token: string
  executions: Verified[]
}

export interface Demo {
  result: DemoResult
  close(): Promise<void>
}

/**
 * Starts the service in a data directory of its own, runs the sample workflows against it and reads them back.
 * `env` as for the service. `stopping` ends it early; `tell` gets a line for each step.
 */
export async function startDemo(
  env: Readonly<Record<string, string | undefined>>,
  options: DemoOptions,
  tell: (line: string) => void,
  onStarted: (close: () => Promise<void>) => void = () => undefined,
): Promise<Demo> {
  const config = loadConfig({
    env: {
      ...env,
      TRACE_DATA_DIR: env.TRACE_DATA_DIR ?? join('.data', 'demo'),
      TRACE_LOG_LEVEL: env.TRACE_LOG_LEVEL ?? 'warn',
    },
  })
  if (config.issuers.length > 0) throw new Error('the demo mints its tokens itself: unset TRACE_JWKS_URL')
  tell(`starting the service (data in ${config.dataDir}; the first start prepares its Postgres)`)
  const started: { service?: Service; sample?: Sample } = {}
  let closing: Promise<void> | null = null
  const close = () => {
    closing ??= stop(started, tell)
    return closing
  }
  const starting = startService(config, createLog(config.logLevel))
  onStarted(async () => {
    started.service = await starting
    await close()
  })
  const service = await starting
  started.service = service
  tell(`the service takes traces at ${service.url}, metrics at ${service.adminUrl}/metrics`)

  const writer = await tokenFor(config, service, 'demo-runner', ['traces:write', 'artifacts:write'])
  const reader = await tokenFor(config, service, 'demo-reader', [
    'traces:read',
    'content:read',
    'content:reveal',
    'artifacts:read',
  ])
  const fallbackPath = join(config.dataDir, 'runner-fallback.jsonl')
  const sample = await startSample({
    endpoint: service.url,
    token: writer,
    fallbackPath,
    pace: options.pace,
    tell,
  })
  started.sample = sample
  tell('running the sample workflows: support-triage and weekly-report')
  await sample.run(tell)
  tell('reading every execution back through the API')
  const executions = await Promise.all(
    sample.executions.map((execution) => verify(service.url, reader, execution)),
  )
  tell(`\n${table(executions)}\n`)

  const first = sample.executions[0]
  const path = `/workflows/${first?.workflowId}/executions/${first?.executionId}/trace`
  return {
    result: {
      ok: executions.every((execution) => execution.as_expected),
      link: `${service.url}${path}#token=${reader}`,
      url: service.url,
      admin_url: service.adminUrl,
      token: reader,
      executions,
    },
    close,
  }
}

async function stop(
  { service, sample }: { service?: Service; sample?: Sample },
  tell: (line: string) => void,
) {
  tell('stopping the workflows')
  await sample?.close(SHUTDOWN_MS)
  tell('stopping the service and its Postgres')
  await service?.close({ delayMs: 0 })
}

function tokenFor(config: Config, service: Service, subject: string, scopes: Scope[]): Promise<string> {
  const secret = config.jwtSecret ?? service.ownSecret ?? ''
  const grant = { subject, workspace: 'default', workflows: ['*'], scopes, lifetimeSeconds: 24 * HOUR_S }
  return issueToken(config, secret, grant)
}
