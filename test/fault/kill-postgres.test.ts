import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { bearer } from '../http/service.ts'
import { Load } from './load.ts'
import { rounds, Victim } from './rig.ts'

t.setTimeout(1_800_000)

/** P1, P6, fault F2: kill -9 of the embedded postmaster under load, while the service stays up. */
t.test('the service outlives its Postgres, and what was acknowledged is there', async (t) => {
  const victim = await Victim.start(t, null)
  const load = new Load(victim.url, 3)
  const recovered: number[] = []
  for (let round = 0; round < rounds(2, 10); round++) {
    await load.more(8)
    process.kill(postmaster(victim.dataDir), 'SIGKILL')
    const began = performance.now()
    while ((await ask(victim.url, '/api/workflows')) !== 200) await wait(50)
    recovered.push(performance.now() - began)
  }
  await load.more(8)
  await load.stop()
  t.comment(`${load.acked.length} batches were acknowledged`)
  t.same(
    [...load.statuses.keys()].filter((status) => ![200, 503].includes(status)),
    [],
    'callers saw 200 and 503 only',
  )
  // through the API this time: every acknowledged trace answers with all its spans
  const incomplete: string[] = []
  for (const { body, spanIds } of load.acked) {
    const traceId = JSON.parse(body).resourceSpans[0].scopeSpans[0].spans[0].traceId
    const answer = await fetch(`${victim.url}/api/executions/${traceId}/trace/summary`, { headers: bearer() })
    const { span_count } = (await answer.json()) as { span_count?: number }
    if (span_count !== spanIds.length) incomplete.push(traceId)
  }
  t.same(incomplete, [])
  t.comment(`back after ${recovered.map((ms) => `${Math.round(ms)} ms`).join(', ')}`)
})

t.test('twin: a service that listens to nobody ends with its Postgres', async (t) => {
  const victim = await Victim.start(t, null, { sabotage: ['no-error-listeners'] })
  const pid = postmaster(victim.dataDir)
  const load = new Load(victim.url, 2)
  await load.more(2, 20_000)
  // on a busy machine a connection may break by itself, which ends it as well, and its Postgres with it
  if (victim.alive) process.kill(pid, 'SIGKILL')
  for (let tries = 0; victim.alive && tries < 300; tries++) await wait(100)
  t.notOk(victim.alive)
  void load.stop()
})

function postmaster(dataDir: string): number {
  const file = readdirSync(dataDir, { recursive: true }).find((path) =>
    String(path).endsWith('postmaster.pid'),
  )
  return Number(readFileSync(join(dataDir, String(file)), 'utf8').split('\n')[0])
}

async function ask(url: string, path: string): Promise<number> {
  try {
    const answer = await fetch(url + path, { headers: bearer(), signal: AbortSignal.timeout(9_000) })
    await answer.text()
    return answer.status
  } catch {
    return 0
  }
}
