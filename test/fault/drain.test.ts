import t, { type Test } from 'tap'
import { behindProxy } from './behind-proxy.ts'
import { judge } from './judge.ts'
import { Load } from './load.ts'
import { durablePostgres, long, rounds, Victim } from './rig.ts'

t.setTimeout(1_800_000)
/** Milliseconds: 5 s of red readiness, 20 s for what is in flight. */
const MOST_MS = 25_000

/** P7, fault F12: SIGTERM at full load. */
t.test('SIGTERM under load: every answer is kept, the exit is clean', async (t) => {
  const postgres = await durablePostgres(t)
  const victim = await Victim.start(t, postgres.url)
  const load = new Load(victim.url, 6)
  for (let round = 0; round < rounds(1, 20); round++) {
    if (round > 0) await victim.start()
    await load.more(8)
    const began = performance.now()
    t.equal(await victim.stop('SIGTERM'), 0)
    t.ok(performance.now() - began < MOST_MS)
  }
  await load.stop()
  t.comment(`${load.acked.length} batches were acknowledged`)
  t.equal((await judge(postgres.url, load.ackedSpanIds)).lost, 0)
})

/** SIGTERM while Postgres is silent: what is in flight is answered, and the process ends by itself. */
async function stalled(t: Test, sabotage: string[]) {
  const { toxic, victim } = await behindProxy(t, { sabotage })
  const load = new Load(victim.url, 3)
  await load.more(3)
  toxic.silence()
  const began = performance.now()
  const code = await victim.stop('SIGTERM', 32_000)
  const ms = Math.round(performance.now() - began)
  void load.stop()
  return { code, ms, load }
}

t.test('SIGTERM while Postgres stands still', async (t) => {
  const [well, sick] = await Promise.all([stalled(t, []), stalled(t, ['no-signals'])])
  t.equal(well.code, 0, `it ended after ${well.ms} ms`)
  t.ok(well.ms < MOST_MS, `${well.ms} ms`)
  t.equal(sick.code, null, 'twin: a process that does not know the signal is cut')
  if (long) t.comment(`answers: ${[...well.load.statuses.keys()].join(', ')}`)
})
