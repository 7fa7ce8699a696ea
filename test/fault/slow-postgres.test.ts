import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { rssOf } from '../../bench/processes.ts'
import { testDatabase } from '../helpers/database.ts'
import { ask, judge } from './judge.ts'
import { batch, Load } from './load.ts'
import { durablePostgres, long, rounds, Victim, type Wounds } from './rig.ts'

t.setTimeout(900_000)
/** P5, and what a loaded machine needs to send and to read: milliseconds. */
const MOST_MS = 8_000 + 1_500
/** Milliseconds that the table is locked: longer than any answer may take. */
const lockedMs = rounds(10_000, 30_000)

/** F7 and F10: Postgres stands still while 200 batches come at once, and more after them. */
async function locked(t: Test, wounds: Wounds) {
  const { url } = await testDatabase(t)
  const victim = await Victim.start(t, url, wounds)
  const load = new Load(victim.url, 2)
  await load.more(3)
  const before = rssOf(victim.pid)
  const blocker = new pg.Client({ connectionString: url })
  await blocker.connect()
  t.teardown(() => blocker.end())
  await blocker.query('begin; lock table spans in access exclusive mode')
  const many = new Load(victim.url, 0)
  const crowd = Promise.all(Array.from({ length: 200 }, () => many.post(batch())))
  await Promise.all([crowd, wait(lockedMs)])
  await blocker.query('rollback')
  const began = performance.now()
  const recovered = await load.more(5, 10_000)
  const recoveredMs = Math.round(performance.now() - began)
  void load.stop()
  return { victim, load, many, recovered, recoveredMs, grown: rssOf(victim.pid) - before, url }
}

t.test('F7 F10: while Postgres stands still, every request is answered in time', async (t) => {
  const [well, sick] = await Promise.all([locked(t, {}), locked(t, { sabotage: ['no-timeouts'] })])
  const { many, load } = well
  const slowest = Math.round(Math.max(many.slowestMs, load.slowestMs))
  t.comment(
    `200 at once: ${[...many.statuses].map(([status, times]) => `${times} × ${status}`).join(', ')}; ` +
      `slowest ${slowest} ms; back after ${well.recoveredMs} ms; memory +${well.grown} MB`,
  )
  t.same([...many.besides(200, 429, 503), ...load.besides(200, 429, 503)], [])
  t.equal(many.unhelpful + load.unhelpful, 0, 'Retry-After: 1 every time')
  t.ok(slowest < MOST_MS, `${slowest} ms`)
  t.ok(well.recovered)
  t.ok(well.grown < 200, `memory grew by ${well.grown} MB`)
  t.equal((await judge(well.url, load.ackedSpanIds)).lost, 0)
  t.ok((sick.many.statuses.get(0) ?? 0) > 0, 'twin: without deadlines some are never answered')
})

/** F11: others hold every connection that the server has. */
t.test('F11: no connection is left: 503, and well again when there is', async (t) => {
  const postgres = await durablePostgres(t, { max_connections: '30' })
  const start = async (name: string, sabotage: string[]) => {
    await ask(postgres.url, `create database ${name}`)
    const url = postgres.url.replace('/trace?', `/${name}?`)
    const victim = await Victim.start(t, url, { sabotage })
    return { url, victim, load: new Load(victim.url, 2) }
  }
  const [well, sick] = await Promise.all([start('well', []), start('sick', ['gives-up'])])
  await Promise.all([well.load.more(2), sick.load.more(2)])
  const foreign: pg.Client[] = []
  t.teardown(async () => void (await Promise.all(foreign.map((client) => client.end().catch(() => {})))))
  const grab = async (): Promise<boolean> => {
    const client = new pg.Client({ connectionString: postgres.url, application_name: 'foreign' })
    client.on('error', () => {})
    const got = await client.connect().then(
      () => true,
      () => false,
    )
    if (got) foreign.push(client)
    return got
  }
  await grab()
  for (const until = Date.now() + (long ? 10_000 : 3_000); Date.now() < until; ) {
    if (await grab()) continue
    await foreign[0]?.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'workflow-trace %'`,
    )
  }
  await wait(1_500)
  const refused = well.load.statuses.get(503) ?? 0
  await Promise.all(foreign.splice(0).map((client) => client.end().catch(() => {})))
  t.ok(await well.load.more(3, 30_000), 'it recovers')
  await Promise.all([well.load.stop(), sick.load.stop()])
  t.ok(refused > 0, `${refused} times 503`)
  t.same(well.load.besides(200, 503, 429), [])
  t.equal((await judge(well.url, well.load.ackedSpanIds)).lost, 0)
  for (let tries = 0; sick.victim.alive && tries < 100; tries++) await wait(100)
  t.notOk(sick.victim.alive, 'twin: one that gives up is seen')
  t.ok(well.victim.alive)
})
