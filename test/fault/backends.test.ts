import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { behindProxy, refuseCopies } from './behind-proxy.ts'
import { ask, judge } from './judge.ts'
import { Load } from './load.ts'
import { durablePostgres, long, rounds, Victim, type Wounds } from './rig.ts'

t.setTimeout(900_000)
const mine = `from pg_stat_activity where datname = current_database() and application_name like 'workflow-trace %'`

/** F5: every second write finds that its connection was ended (57P01). */
async function ended(t: Test, wounds: Wounds) {
  const { toxic, victim } = await behindProxy(t, wounds)
  toxic.watcher = refuseCopies('57P01', 'terminating connection due to administrator command', 2)
  const load = new Load(victim.url, 1)
  await load.more(rounds(10, 200))
  await load.stop()
  return load
}

t.test('F5: a connection that was ended costs a retry, and no caller hears of it', async (t) => {
  const [well, sick] = await Promise.all([ended(t, {}), ended(t, { sabotage: ['no-retry'] })])
  t.same(well.besides(200), [])
  t.ok((sick.statuses.get(503) ?? 0) > 0, 'twin: without the retry callers are told 503')
})

/** F3, F4, F5: connections end, one backend is killed, Postgres restarts; one cluster, a database for each service. */
t.test('Postgres takes connections away in every way it can', async (t) => {
  const postgres = await durablePostgres(t)
  const start = async (name: string, sabotage: string[]) => {
    await ask(postgres.url, `create database ${name}`)
    const url = postgres.url.replace('/trace?', `/${name}?`)
    const victim = await Victim.start(t, url, { sabotage })
    return { url, victim, load: new Load(victim.url, 3) }
  }
  const [well, deaf] = await Promise.all([start('well', []), start('deaf', ['no-error-listeners'])])

  await t.test('F5: every connection is ended, idle and busy', async (t) => {
    for (let round = 0; round < rounds(5, 50); round++) {
      await well.load.more(2)
      for (const { url } of [well, deaf]) {
        await ask(url, `select pg_terminate_backend(pid) ${mine}`).catch(() => {})
      }
    }
    await well.load.more(2)
    const answers = [...well.load.statuses].map(([status, times]) => `${times} × ${status}`)
    t.comment(`answers: ${answers.join(', ')}`)
    t.same(well.load.besides(200, 503), [])
    for (let tries = 0; deaf.victim.alive && tries < 300; tries++) await wait(100)
    t.notOk(deaf.victim.alive, 'twin: an error that nobody listens to ends the process')
    t.ok(well.victim.alive)
    void deaf.load.stop()
  })

  await t.test('F3: one backend is killed: crash recovery, then all is well', async (t) => {
    const recovered: number[] = []
    for (let round = 0; round < rounds(2, 10); round++) {
      await well.load.more(3)
      const [row] = await ask<{ pid: number }>(well.url, `select pid ${mine} order by state limit 1`)
      process.kill(row?.pid ?? 0, 'SIGKILL')
      const began = performance.now()
      await well.load.more(1)
      recovered.push(Math.round(performance.now() - began))
      while (!(await ask(well.url, 'select 1').catch(() => null))) await wait(50)
    }
    t.comment(`back after ${recovered.join(', ')} ms`)
    t.ok(well.victim.alive)
    t.same(well.load.besides(200, 503), [])
  })

  await t.test('F4: fast restarts, again and again', async (t) => {
    const restarts = rounds(2, 20)
    for (let round = 0; round < restarts; round++) {
      const { pid } = postgres
      process.kill(pid, 'SIGINT')
      while (postgres.pid === pid) await wait(20)
      if (long) await wait(3_000)
      await well.load.more(2)
    }
    await well.load.more(2)
    await well.load.stop()
    const { acked, statuses } = well.load
    t.comment(
      `${restarts} restarts, ${acked.length} batches acknowledged, ${statuses.get(503) ?? 0} times 503`,
    )
    t.ok(well.victim.alive)
    t.same(well.load.besides(200, 503), [])
    t.equal(well.load.unhelpful, 0)
    t.same(await well.victim.errors, [], 'nothing was logged as an error of ours')
    t.ok((await well.victim.metric('trace_pool_connections')) < 60, 'the pools are as they were')
    t.equal((await judge(well.url, well.load.ackedSpanIds)).lost, 0)
  })
})
