import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** Connections of one pool of the store. */
export interface PoolCounts {
  total: number
  idle: number
  waiting: number
}

/** Seconds: from a small batch on a quick disk to the deadline of 8 s. */
const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 8]

/**
 * Everything that /metrics shows, in a registry of its own (several services can run in one process). Labels are
 * bounded sets: routes are patterns, reasons and rules come from lists, and no workflow or caller is a label.
 */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]

  const metrics = {
    registry,
    requests: new Counter({
      name: 'trace_http_requests_total',
      help: 'Requests answered, by route pattern and status',
      labelNames: ['route', 'method', 'status'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'trace_http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer',
      labelNames: ['route'],
      buckets: durations,
      registers,
    }),
    reads: new Counter({
      name: 'trace_reads_total',
      help: 'Reads by route pattern and outcome (ok, invalid, unauthenticated, denied, missing, limited, unavailable, error)',
      labelNames: ['route', 'outcome'],
      registers,
    }),
    spansAccepted: new Counter({
      name: 'trace_spans_accepted_total',
      help: 'Spans that passed the checks and went to the store',
      registers,
    }),
    spansRefused: new Counter({
      name: 'trace_spans_refused_total',
      help: 'Spans refused by a partial success, by reason',
      labelNames: ['reason'],
      registers,
    }),
    spansStored: new Counter({
      name: 'trace_spans_stored_total',
      help: 'Spans whose transaction was committed, repetitions included',
      registers,
    }),
    logsStored: new Counter({
      name: 'trace_logs_stored_total',
      help: 'Log records of spans whose transaction was committed, repetitions included',
      registers,
    }),
    logsRefused: new Counter({
      name: 'trace_logs_refused_total',
      help: 'Log records refused by a partial success, by reason',
      labelNames: ['reason'],
      registers,
    }),
    ingestBytes: new Counter({
      name: 'trace_ingest_bytes_total',
      help: 'Bytes of export requests: on the wire, and inflated',
      labelNames: ['form'],
      registers,
    }),
    inFlightBytes: new Gauge({
      name: 'trace_ingest_in_flight_bytes',
      help: 'Inflated bytes of the export requests being worked on',
      registers,
    }),
    artifactBytes: new Counter({
      name: 'trace_artifact_bytes_total',
      help: 'Bytes of artifacts: stored, and sent to readers',
      labelNames: ['direction'],
      registers,
    }),
    uploadsInFlightBytes: new Gauge({
      name: 'trace_artifact_in_flight_bytes',
      help: 'Bytes that uploads of artifacts hold in memory',
      registers,
    }),
    batchSpans: new Histogram({
      name: 'trace_batch_spans',
      help: 'Spans of one export request',
      buckets: [1, 4, 16, 64, 256, 512, 1024, 4096, 10_000],
      registers,
    }),
    commitSpans: new Histogram({
      name: 'trace_commit_spans',
      help: 'Spans of one transaction (several export requests share one)',
      buckets: [1, 4, 16, 64, 256, 1024, 4096, 16_384],
      registers,
    }),
    commitSeconds: new Histogram({
      name: 'trace_commit_duration_seconds',
      help: 'Time of one transaction, COMMIT included',
      buckets: durations,
      registers,
    }),
    commitsFailed: new Counter({
      name: 'trace_commits_failed_total',
      help: 'Transactions that did not commit, by class of error',
      labelNames: ['reason'],
      registers,
    }),
    rollupLagSeconds: new Gauge({
      name: 'trace_rollup_lag_seconds',
      help: 'Age of the oldest changed trace that no roll-up has seen',
      registers,
    }),
    partitions: new Counter({
      name: 'trace_partitions_total',
      help: 'Day partitions made ahead and dropped by the retention (tables: each day has several)',
      labelNames: ['action'],
      registers,
    }),
    retired: new Counter({
      name: 'trace_retention_deleted_total',
      help: 'Rows that the retention deleted one by one: undated_spans, executions, artifacts',
      labelNames: ['what'],
      registers,
    }),
    upkeepFailed: new Counter({
      name: 'trace_upkeep_failed_total',
      help: 'Rounds of partition upkeep or retention that failed and are tried again',
      registers,
    }),
    executionsEnded: new Counter({
      name: 'trace_executions_ended_total',
      help: 'Executions whose root ended, by status',
      labelNames: ['status'],
      registers,
    }),
    executionsIncomplete: new Counter({
      name: 'trace_executions_incomplete_total',
      help: 'Executions whose root ended with something missing, by reason (sampled, missing_parent, other)',
      labelNames: ['reason'],
      registers,
    }),
    executionsComplete: new Counter({
      name: 'trace_executions_complete_total',
      help: 'Executions whose root ended with no parent missing',
      registers,
    }),
    redactions: new Counter({
      name: 'trace_redactions_total',
      help: 'Values removed before storing, by rule',
      labelNames: ['rule'],
      registers,
    }),
    reveals: new Counter({
      name: 'trace_reveals_total',
      help: 'Spans shown unmasked; each is in the audit log',
      registers,
    }),
    ready: new Gauge({
      name: 'trace_ready',
      help: '1 while the service takes traffic',
      registers,
    }),
    /** Shows the connections of each pool; `counts` is asked at each scrape. */
    watchPools(counts: () => Record<string, PoolCounts>): void {
      pools = counts
    },
  }

  let pools: () => Record<string, PoolCounts> = () => ({})
  new Gauge({
    name: 'trace_pool_connections',
    help: 'Connections to Postgres by pool and state, and requests that wait for one',
    labelNames: ['pool', 'state'],
    registers,
    collect() {
      for (const [pool, { total, idle, waiting }] of Object.entries(pools())) {
        this.set({ pool, state: 'total' }, total)
        this.set({ pool, state: 'idle' }, idle)
        this.set({ pool, state: 'waiting' }, waiting)
      }
    },
  })
  return metrics
}
