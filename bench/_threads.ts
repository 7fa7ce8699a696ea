import { mkdtempSync, rmSync, readdirSync, readFileSync } from 'node:fs'
import { createLog } from '../src/log.ts'
import { startEmbedded } from '../src/store/embedded/index.ts'
import { Session } from './session.ts'
const dataDir = mkdtempSync('/tmp/workflow-trace-bench-')
const postgres = await startEmbedded({ dataDir, log: createLog('silent') })
const session = new Session(postgres)
const find = () => readdirSync('/proc').filter((p) => /^\d+$/.test(p)).filter((p) => { try { const c = readFileSync(`/proc/${p}/cmdline`, 'utf8'); return c.includes('service.mjs') && !c.includes('unredacted') } catch { return false } })[0]
const snap = (pid: string) => new Map(readdirSync(`/proc/${pid}/task`).map((t) => { const s = readFileSync(`/proc/${pid}/task/${t}/stat`, 'utf8'); const f = s.slice(s.lastIndexOf(')') + 2).split(' '); return [t, { comm: s.slice(s.indexOf('(')+1, s.lastIndexOf(')')), us: (Number(f[11]) + Number(f[12])) * 10000 }] }))
try {
await session.start()
const pid = find() as string
for (let round = 0; round < Number(process.argv[4] ?? 8); round++) {
  const before = snap(pid)
  const m = await session.run((process.argv[3] ?? 'mixed') as never, 'ours' as never, { share: 1, round })
  const after = snap(pid)
  const parts = [...after].map(([t, v]) => [t === pid ? 'main' : `${v.comm}:${Number(t) - Number(pid)}`, ((v.us - (before.get(t)?.us ?? 0)) / m.spans)] as const).filter(([, us]) => us > 0.4).map(([n, us]) => `${n}=${us.toFixed(1)}`)
  console.log(round, m.spans, Math.round(m.spans / m.ms * 1000), m.node_us.toFixed(1), m.pg_us.toFixed(1), m.rss_mb, parts.join(' '))
}
} finally { await session.stop(); await postgres.stop(); rmSync(dataDir, { recursive: true, force: true }) }
