import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { behindProxy, cutCopies, loseCommits } from './behind-proxy.ts'
import { ask, judge } from './judge.ts'
import { Load } from './load.ts'
import { rounds, type Wounds } from './rig.ts'

t.setTimeout(900_000)
/** Milliseconds in which the service must be well again after Postgres is (P6). */
const RECOVERY_MS = 5_000

/** F8: the route to Postgres is gone, and nobody is told. */
async function halfOpen(t: Test, wounds: Wounds, patienceMs: number) {
  const { url, toxic, victim } = await behindProxy(t, wounds)
  const load = new Load(victim.url, 3)
  await load.more(5)
  toxic.silence()
  await wait(rounds(7_000, 40_000))
  const ready = await fetch(`${victim.adminUrl}/readyz`, { signal: AbortSignal.timeout(9_000) }).then(
    (answer) => answer.status,
    () => 0,
  )
  await toxic.heal()
  const began = performance.now()
  const recovered = await load.more(5, patienceMs)
  const ms = Math.round(performance.now() - began)
  void load.stop()
  const judged = await judge(url, load.ackedSpanIds)
  // A backend in the middle of a COPY holds up every DROP DATABASE of its server, this test's own and those of others.
  toxic.reset()
  return { recovered, ms, ready, load, ...judged }
}

t.test('F8: a half-open network is noticed, and left behind', async (t) => {
  const [well, sick] = await Promise.all([
    halfOpen(t, {}, 30_000),
    halfOpen(t, { sabotage: ['no-timeouts'] }, 8_000),
  ])
  t.ok(well.recovered, `well again after ${well.ms} ms, ${well.load.acked.length} batches acknowledged`)
  t.equal(well.ready, 503, 'readiness was red')
  t.equal(well.lost, 0)
  t.same(well.load.besides(200, 503, 429), [], 'callers saw nothing else')
  t.equal(well.load.unhelpful, 0)
  t.ok(well.load.slowestMs < 9_000, `the slowest answer took ${Math.round(well.load.slowestMs)} ms`)
  t.notOk(sick.recovered, 'twin: without time-outs it hangs for ever')
})

/** F9: the answer of the COMMIT is lost. */
async function lostCommits(t: Test, sabotage: string | null) {
  const { url, toxic, victim } = await behindProxy(t)
  if (sabotage !== null) await ask(url, sabotage)
  const load = new Load(victim.url, 3)
  let answersLost = 0
  for (let round = 0; round < rounds(3, 20); round++) {
    await load.more(3)
    const { watcher, lost } = loseCommits()
    toxic.watcher = watcher
    while (lost() < 4) await wait(20)
    await toxic.heal()
    answersLost += lost()
  }
  await load.more(5)
  await load.stop()
  await load.again()
  return { load, answersLost, victim, ...(await judge(url, load.ackedSpanIds)) }
}

t.test('F9: a lost answer to COMMIT loses nothing and doubles nothing', async (t) => {
  const [well, sick] = await Promise.all([
    lostCommits(t, null),
    lostCommits(t, 'alter table spans drop constraint spans_pkey'),
  ])
  t.comment(`${well.answersLost} answers were lost, ${well.load.acked.length} batches acknowledged`)
  t.same({ lost: well.lost, doubled: well.doubled }, { lost: 0, doubled: 0 })
  t.same(well.load.besides(200, 503), [])
  t.ok(sick.doubled > 0, 'twin: without the key, spans are there twice')
})

async function cutMidStream(t: Test, wounds: Wounds) {
  const { url, toxic, victim } = await behindProxy(t, wounds)
  const load = new Load(victim.url, 3)
  let times = 0
  for (let round = 0; round < rounds(3, 20); round++) {
    await load.more(3, 20_000)
    const { watcher, cut } = cutCopies()
    toxic.watcher = watcher
    while (cut() < 4) await wait(20)
    // what is acknowledged while every write breaks can only be a lie
    await wait(200)
    await toxic.heal()
    times += cut()
  }
  await load.more(3, 20_000)
  await load.stop()
  return { load, times, ...(await judge(url, load.ackedSpanIds)) }
}

t.test('connections that break while rows are on their way', async (t) => {
  const [well, sick] = await Promise.all([cutMidStream(t, {}), cutMidStream(t, { sabotage: ['ack-early'] })])
  t.comment(`${well.times} writes were cut, ${well.load.acked.length} batches acknowledged`)
  t.same({ lost: well.lost, doubled: well.doubled }, { lost: 0, doubled: 0 })
  t.same(well.load.besides(200, 503), [])
  t.ok(sick.lost > 0, 'twin: an early acknowledgement is seen')
})

/** Postgres refuses, then is back; then it is far away and the line thin. */
async function refused(t: Test, wounds: Wounds) {
  const { url, toxic, victim } = await behindProxy(t, wounds)
  const load = new Load(victim.url, 3)
  const recovered: number[] = []
  for (let round = 0; round < rounds(2, 10); round++) {
    await load.more(3, 20_000)
    await toxic.refuse()
    toxic.reset()
    await wait(500)
    if (!victim.alive) break
    await toxic.heal()
    const began = performance.now()
    await load.more(1, 30_000)
    recovered.push(Math.round(performance.now() - began))
  }
  const alive = victim.alive
  toxic.latencyMs = 40
  toxic.bytesPerSecond = 256 * 1024
  if (alive) await load.more(5, 60_000)
  await load.stop()
  return { load, recovered, alive, ...(await judge(url, load.ackedSpanIds)) }
}

t.test('Postgres refuses, resets, is slow to reach: the service stays', async (t) => {
  const [well, sick] = await Promise.all([refused(t, {}), refused(t, { sabotage: ['no-error-listeners'] })])
  t.ok(well.alive)
  t.equal(well.lost, 0)
  t.same(well.load.besides(200, 503, 429), [])
  t.ok(Math.max(...well.recovered) < RECOVERY_MS * 2, `back after ${well.recovered.join(', ')} ms`)
  t.ok(well.load.slowestMs < 9_000, `the slowest answer took ${Math.round(well.load.slowestMs)} ms`)
  t.notOk(sick.alive, 'twin: an error that nobody listens to ends the process')
})
