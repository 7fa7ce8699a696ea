/**
 * What row-level security costs a read: the same reads with and without it, alternating, on one database.
 * `npx tsx bench/row-security.ts [spans per execution]`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits } from '../src/limits.ts'
import { createLog } from '../src/log.ts'
import type { Principal, Scope } from '../src/model/principal.ts'
import { startEmbedded } from '../src/store/embedded/index.ts'
import { openStore, type Store } from '../src/store/index.ts'
import { span } from '../test/helpers/span.ts'

/** Of each execution, and chunks of each of them. */
const ARTIFACTS = 20
const CHUNKS = 4
const SPANS = Number(process.argv[2] ?? 500)
const ROUNDS = 60
const log = createLog('silent')
const dataDir = mkdtempSync(join(tmpdir(), 'trace-bench-'))
const server = await startEmbedded({ dataDir, log, settings: { fsync: 'off' } })
const open = (rowSecurity: boolean) =>
  openStore({ url: server.url, log, redactionVersion: 1, retentionDays: null, rowSecurity })
const stores = { without: await open(false), with: await open(true) }

for (let e = 0; e < 20; e++) {
  const trace = `a${e}`
  const spans = Array.from({ length: SPANS }, (_, i) =>
    span(trace, (i + 1).toString(16), i === 0 ? null : '1', { executionId: `ex${e}`, workflowId: 'flow' }),
  )
  const writer = { workspace: 'w', workflows: ['*'] }
  await stores.without.writeSpans(writer, spans)
  const { realm, workflowId } = await stores.without.artifacts.target(writer, `ex${e}`)
  for (let i = 0; i < ARTIFACTS; i++) {
    const upload = {
      ...{ realm, workflowId, executionId: `ex${e}`, artifactId: `a${e}-${i}` },
      ...{ spanId: null, name: null, mediaType: 'image/png' },
    }
    await stores.without.artifacts.put(upload, chunks())
  }
}

async function* chunks(): AsyncGenerator<Buffer> {
  for (let i = 0; i < CHUNKS; i++) yield Buffer.alloc(limits.artifactChunkBytes, i)
}

const principal = (workflows: string[]): Principal => ({
  subject: 's',
  workspace: 'w',
  workflows,
  scopes: new Set<Scope>(),
})

type Read = (store: Store, who: Principal, round: number) => Promise<void>

/** The uploads of an execution, as a summary lists them. */
const list: Read = async (store, who, round) =>
  await store.within(who, async () => {
    const { value: found } = await store.read.execution(who, `ex${round % 20}`)
    if (found === null) throw new Error('not found')
    const uploads = await store.artifacts.ofExecution(who, found.execution, found.traceIds)
    if (uploads.size !== ARTIFACTS) throw new Error(`${uploads.size} artifacts`)
  })

/** All bytes of one. */
const download: Read = async (store, who, round) =>
  await store.within(who, async () => {
    const artifact = await store.artifacts.find(who, `a${round % 20}-${round % ARTIFACTS}`)
    if (artifact === null) throw new Error('not found')
    let size = 0
    for await (const bytes of store.artifacts.bytes(artifact, 0, artifact.size)) size += bytes.length
    if (size !== CHUNKS * limits.artifactChunkBytes) throw new Error(`${size} bytes`)
  })

/** One page of a skeleton, nothing from memory: look-up, order, rows. */
async function page(store: Store, who: Principal, round: number): Promise<void> {
  await store.within(who, async () => {
    const { value: found } = await store.read.execution(who, `ex${round % 20}`)
    if (found === null) throw new Error('not found')
    await store.read.orderWithVersions(found)
    const ids = Array.from({ length: Math.min(SPANS, 1000) }, (_, i) => ({
      traceId: found.traceIds[0] as string,
      spanId: (i + 1).toString(16).padStart(16, '0'),
    }))
    await store.read.slimSpans(found, ids)
  })
}

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1] as number
for (const [name, who] of [
  ['*', principal(['*'])],
  ['one id', principal(['flow'])],
  ['prefix', principal(['fl*'])],
] as const) {
  for (const [what, read] of Object.entries({ page, list, download })) {
    const times = { without: [] as number[], with: [] as number[] }
    for (let round = 0; round < ROUNDS; round++) {
      for (const kind of ['without', 'with'] as const) {
        const started = performance.now()
        await read(stores[kind], who, round)
        if (round >= 10) times[kind].push(performance.now() - started)
      }
    }
    const [off, on] = [median(times.without), median(times.with)]
    process.stdout.write(
      `${what}, ${name}: ${off.toFixed(2)} ms without, ${on.toFixed(2)} ms with (${(on / off).toFixed(2)}×)\n`,
    )
  }
}
await Promise.all(Object.values(stores).map((store) => store.close()))
await server.stop()
rmSync(dataDir, { recursive: true, force: true })
