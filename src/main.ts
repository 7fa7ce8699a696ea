import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createKeys } from './access/keys.ts'
import { localSecret } from './access/local-secret.ts'
import type { Config } from './config.ts'
import { startGrpc } from './grpc/index.ts'
import type { Parts } from './http/parts.ts'
import { Ingest } from './ingest/index.ts'
import { RowThreads } from './ingest/row-threads.ts'
import { createLog, type Logger } from './log.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { createRedactors, ruleSetVersion } from './redactors.ts'
import { buildAdmin, buildServer } from './server.ts'
import { type Embedded, startEmbedded } from './store/embedded/index.ts'
import { openStore, type StoreObserver } from './store/index.ts'

/** Milliseconds: what a load balancer needs to see red readiness, and what requests in flight may still take. */
const drainDelayMs = 5_000
const inFlightMs = 20_000

type Listener = Awaited<ReturnType<typeof buildServer>>

/** A running service. */
export interface Service {
  /** Where it is reached from this machine, base path included, without a slash at the end. */
  url: string
  adminUrl: string
  /** Where OTLP/gRPC is taken; null = nowhere. */
  grpcUrl: string | null
  /** The secret it made for itself; null when keys are configured. */
  ownSecret: string | null
  log: Logger
  /**
   * Readiness turns red, `delayMs` passes, new connections are refused, requests in flight end, then the pools
   * and last the embedded Postgres. Safe to call twice.
   */
  close(how?: { delayMs?: number }): Promise<void>
}

/**
 * Starts everything: secret, database, schema, store, listeners. Resolves when exports and reads are taken.
 * Rejects with what stopped it, after giving back what was started by then.
 */
export async function startService(config: Config, log = createLog(config.logLevel)): Promise<Service> {
  const undo: (() => Promise<unknown>)[] = []
  const giveBack = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    return await start(config, log, undo, giveBack)
  } catch (error) {
    await giveBack().catch((err) => log.warn({ err }, 'not everything could be stopped'))
    throw error
  }
}

async function start(
  config: Config,
  log: Logger,
  undo: (() => Promise<unknown>)[],
  giveBack: () => Promise<void>,
): Promise<Service> {
  const configured = config.jwtSecret !== null || config.issuers.length > 0
  const ownSecret = configured ? null : await localSecret(config.dataDir)
  const metrics = createMetrics()
  const state = { databaseAnswers: async () => false, draining: false }

  // First, so that a long migration is seen as alive and not ready.
  const readiness = async () => {
    if (state.draining) return 'draining'
    return (await state.databaseAnswers()) ? 'ready' : 'database away'
  }
  const admin = await buildAdmin({ log, metrics, readiness })
  undo.push(() => admin.close())
  const adminUrl = await listen(admin, config.host, config.adminPort, 'TRACE_ADMIN_PORT')

  const server = config.databaseUrl === null ? await embedded(config, log, undo) : null
  const url = config.databaseUrl ?? server?.serviceUrl ?? ''
  const store = await openStore({
    url,
    log,
    redactionVersion: ruleSetVersion(config.redaction),
    rowSecurity: config.rowSecurity,
    retentionDays: config.retentionDays,
    observer: observerOf(metrics),
  })
  undo.push(() => store.close())
  await server?.protect()
  metrics.watchPools(() => store.pools())

  const parts: Parts = {
    config,
    log,
    metrics,
    store,
    redactorOf: createRedactors(config.redaction, store),
    threads: rowThreads(config, log),
    keys: createKeys(config, ownSecret),
    now: Date.now,
    draining: () => state.draining,
  }
  // what every caller's claims are read with: there before the first of them
  await parts.redactorOf('')
  const walk = new Ingest(parts)
  const app = await buildServer(parts, walk)
  undo.push(() => closeWithin(app, inFlightMs))
  const serviceUrl = (await listen(app, config.host, config.port, 'PORT')) + config.basePath
  const grpcUrl = await grpc(parts, walk, app, undo)
  // Not before there is a listener to send traffic to.
  state.databaseAnswers = () => store.ready()
  log.info(
    { url: serviceUrl, admin_url: adminUrl, ...(grpcUrl === null ? {} : { grpc_url: grpcUrl }) },
    'ready',
  )

  let closing: Promise<void> | null = null
  const close = async (delayMs: number) => {
    state.draining = true
    await wait(delayMs)
    await giveBack()
  }
  return {
    url: serviceUrl,
    adminUrl,
    grpcUrl,
    ownSecret,
    log,
    close: ({ delayMs = 0 } = {}) => {
      closing ??= close(delayMs)
      return closing
    },
  }
}

function rowThreads({ ingestThreads, redaction }: Config, log: Logger): RowThreads | null {
  if (ingestThreads === 0) return null
  const onEnd = (reason: string) =>
    log.error({ reason }, 'a thread that makes rows ended; another one starts')
  return new RowThreads(ingestThreads, redaction, { onEnd })
}

/** What the store tells, as metrics. */
function observerOf(metrics: Metrics): StoreObserver {
  return {
    committed({ spans, seconds }) {
      metrics.commitSpans.observe(spans)
      metrics.commitSeconds.observe(seconds)
    },
    failed: (reason) => metrics.commitsFailed.inc({ reason }),
    rollUpLag: (seconds) => metrics.rollupLagSeconds.set(seconds),
    executionsEnded({ status, complete, reason, count }) {
      metrics.executionsEnded.inc({ status }, count)
      if (complete) metrics.executionsComplete.inc(count)
      else metrics.executionsIncomplete.inc({ reason: reason ?? 'other' }, count)
    },
    partitions: (action, count) => metrics.partitions.inc({ action }, count),
    retired: (what, count) => metrics.retired.inc({ what }, count),
    upkeepFailed: () => metrics.upkeepFailed.inc(),
  }
}

/** Milliseconds between the first signal and the end of new connections: a Ctrl-C waits for nobody. */
export function drainDelay(interrupted: boolean): number {
  return interrupted ? 0 : drainDelayMs
}

async function embedded(config: Config, log: Logger, undo: (() => Promise<unknown>)[]): Promise<Embedded> {
  const server = await startEmbedded({ dataDir: config.dataDir, log })
  undo.push(() => server.stop())
  return server
}

/** OTLP/gRPC where the configuration wants it. A default port that is taken costs one warning, not the start. */
async function grpc(
  { config, log, metrics }: Parts,
  walk: Ingest,
  app: Listener,
  undo: (() => Promise<unknown>)[],
): Promise<string | null> {
  const { host, grpcPort, maxBodyBytes } = config
  if (grpcPort === null) return null
  const principalOf = app.principalOf.bind(app)
  try {
    const server = await startGrpc({ walk, log, metrics, maxBodyBytes, principalOf }, host, grpcPort)
    undo.push(() => server.close(inFlightMs))
    return `http://${shownHost(host)}:${server.port}`
  } catch {
    const line = `TRACE_GRPC_PORT: cannot listen on ${host}:${grpcPort}`
    if (config.grpcPortGiven) throw new StartError(line)
    log.warn(`${line}; OTLP/gRPC is off`)
    return null
  }
}

/** An address that this machine can open, for one that is listened on. */
function shownHost(address: string): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1'
  return address.includes(':') ? `[${address}]` : address
}

/** Listens, and says where: with an address that this machine can open. */
async function listen(app: Listener, host: string, port: number, name: string): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new StartError(`${name}: cannot listen on ${host}:${port} (${code ?? 'unknown'})`)
  }
  const { address, port: taken } = app.server.address() as AddressInfo
  return `http://${shownHost(address)}:${taken}`
}

/** The start ends here; the message is the one line to print. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** Finishes what is in flight; connections that are still busy after `ms` are cut. */
async function closeWithin(app: Listener, ms: number): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), ms)
  try {
    await app.close()
  } finally {
    clearTimeout(late)
  }
}
