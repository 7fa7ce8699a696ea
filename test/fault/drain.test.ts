import t from 'tap'
import { judge } from './judge.ts'
import { Load } from './load.ts'
import { durablePostgres, rounds, Victim } from './rig.ts'

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
