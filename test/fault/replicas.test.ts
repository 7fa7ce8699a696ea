import t, { type Test } from 'tap'
import { testDatabase } from '../helpers/database.ts'
import { ask, judge } from './judge.ts'
import { Load } from './load.ts'
import { rounds, Victim } from './rig.ts'

t.setTimeout(900_000)

/** Milliseconds of each row: so long do two COPYs in opposite order hold what the other wants. */
const slowly = `create function slowly() returns trigger language plpgsql as
  $$ begin perform pg_sleep(0.01); return new; end $$;
  create trigger slowly before insert on spans for each row execute function slowly()`

/** F17: two replicas are sent the same batches at the same time, one of them in reverse. */
async function both(t: Test, sabotage: string[], batches: number) {
  const { url } = await testDatabase(t)
  const replicas = await Promise.all([Victim.start(t, url, { sabotage }), Victim.start(t, url, { sabotage })])
  await ask(url, slowly)
  const load = new Load(
    replicas.map((replica) => replica.url),
    2,
  )
  await load.more(batches, 600_000)
  await load.stop()
  await load.again()
  return { load, ...(await judge(url, load.ackedSpanIds)) }
}

t.test(
  'F17: two replicas, the same spans in opposite order: none is lost, no caller sees a deadlock',
  async (t) => {
    const [well, sick] = await Promise.all([both(t, [], rounds(6, 200)), both(t, ['no-retry'], 4)])
    t.comment(`${well.load.acked.length} batches by two replicas, answers ${[...well.load.statuses.keys()]}`)
    t.same(well.load.besides(200), [])
    t.same({ lost: well.lost, doubled: well.doubled }, { lost: 0, doubled: 0 })
    t.ok((sick.load.statuses.get(503) ?? 0) > 0, 'twin: without the retry callers see deadlocks')
  },
)
