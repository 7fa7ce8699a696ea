/**
 * `npm run bench [-- --json FILE] [--share 0.5] [--only ingest|read|start|normalize|messages|long] [--rounds 2] [--millions 0.5]`: ours beside a
 * naive service and the raw COPY of the same rows, in one interleaved session on one Postgres; then reads, idle
 * memory and the time to be ready. Ratios travel between machines, absolute numbers do not.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createLog } from '../src/log.ts'
import { startEmbedded } from '../src/store/embedded/index.ts'
import { benchGrowth } from './growth.ts'
import { benchLong } from './long.ts'
import { benchMessages } from './messages.ts'
import { benchNeighbours } from './neighbours.ts'
import { benchNormalize } from './normalize.ts'
import { benchRead } from './read.ts'
import { benchRedact } from './redact.ts'
import { type Measured, Session, type Variant, variants } from './session.ts'
import { measureStart } from './start.ts'
import { ingestTable, type Numbers, numbers } from './table.ts'
import { type Workload, workloads } from './workloads.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    share: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '2' },
    only: { type: 'string' },
    millions: { type: 'string', default: '0.5' },
    workload: { type: 'string' },
    marks: { type: 'string', default: '0,1,5' },
  },
})
const say = (line: string) => void process.stdout.write(`${line}\n`)
const wanted = (part: string) => values.only === undefined || values.only === part
const dataDir = mkdtempSync(join(tmpdir(), 'workflow-trace-bench-'))

/**
 * Whole rounds before the first workload is measured: compilers, pools, files. After 50,000 spans the service still
 * spends half of its time on compiling, after 100,000 a tenth.
 */
const warmUpsAtFirst = 2

/** Each variant in turn, round after round, so that what else the machine does falls on all of them. */
async function ingest(): Promise<{ result: Record<string, Numbers>; version: string }> {
  const postgres = await startEmbedded({ dataDir, log: createLog('silent') })
  const session = new Session(postgres)
  try {
    await session.start()
    const result: Record<string, Numbers> = {}
    const names = (Object.keys(workloads) as Workload[]).filter(
      (name) => values.workload === undefined || values.workload === name,
    )
    for (const workload of names) {
      const runs = new Map<Variant, Measured[]>(variants.map((variant) => [variant, []]))
      const first = workload === names[0]
      const warmUps = first ? warmUpsAtFirst : 1
      for (let round = 0; round < warmUps + Number(values.rounds); round++) {
        const warm = round >= warmUps
        for (const variant of variants) {
          const share = first && !warm ? 1 : Number(values.share)
          const measured = await session.run(workload, variant, { share, round })
          if (warm) runs.get(variant)?.push(measured)
        }
      }
      result[workload] = numbers(runs)
      say(ingestTable(workload, result[workload]))
    }
    return { result, version: postgres.version }
  } finally {
    await session.stop()
    await postgres.stop()
  }
}

try {
  const cpu = cpus()[0]?.model ?? 'unknown'
  const machine = {
    cpu,
    cpus: cpus().length,
    memory_mb: Math.round(totalmem() / 2 ** 20),
    node: process.version,
  }
  say(`${machine.cpus} × ${cpu}, ${machine.memory_mb} MB, Node ${machine.node}`)
  const normalize = wanted('normalize') ? benchNormalize() : null
  for (const { name, attributes, microseconds } of normalize ?? []) {
    say(`normalize ${name.padEnd(20)} ${String(attributes).padStart(2)} attributes, ${microseconds} µs`)
  }
  const messages = wanted('messages') ? await benchMessages() : null
  for (const { name, bytesPerSpan } of messages ?? []) {
    say(`100 turns ${name.padEnd(46)} ${bytesPerSpan} bytes per span`)
  }
  const written = wanted('ingest') ? await ingest() : null
  const read = wanted('read') ? await benchRead(Number(values.millions), say) : null
  const start = wanted('start') ? await measureStart() : null
  const redact = wanted('redact') ? benchRedact() : null
  for (const { name, value, unit } of redact ?? []) say(`${name.padEnd(60)} ${value.toFixed(2)} ${unit}`)
  if (read !== null) {
    for (const [name, one] of Object.entries(read)) {
      if (typeof one === 'object' && 'p50_ms' in one)
        say(`read ${name.padEnd(22)} p50 ${one.p50_ms} ms, p99 ${one.p99_ms} ms`)
    }
  }
  if (start !== null) {
    say(`ready ${start.ready_ms} ms (first start ${start.first_ready_ms} ms), idle ${start.idle_rss_mb} MB`)
  }
  // Long, and of no meaning beside others: only where they are asked for.
  const neighbours = values.only === 'neighbours' ? await benchNeighbours(say) : null
  const long = values.only === 'long' ? await benchLong(say) : null
  const marks = values.marks.split(',').map(Number)
  const growth = values.only === 'growth' ? await benchGrowth(marks, Number(values.share), say) : null
  if (values.json !== undefined) {
    const {
      skeleton500 = null,
      first_page_50k = null,
      next_page_50k = null,
      read_while_ingesting = null,
    } = read ?? {}
    const report = {
      machine: { ...machine, postgres: written?.version ?? null },
      normalize,
      messages,
      ingest: written?.result ?? null,
      read: { skeleton500, first_page_50k, next_page_50k, read_while_ingesting },
      idle_rss_mb: start?.idle_rss_mb ?? null,
      ready_ms: start?.ready_ms ?? null,
      ...(neighbours === null ? {} : { neighbours }),
      ...(long === null ? {} : { long }),
      ...(growth === null ? {} : { growth }),
      redact:
        redact?.map(({ name, value, unit }) => ({ name, value: Number(value.toFixed(2)), unit })) ?? null,
    }
    writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
  }
} finally {
  rmSync(dataDir, { recursive: true, force: true })
}
