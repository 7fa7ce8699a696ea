import t, { type Test } from 'tap'
import { testDatabase } from '../helpers/database.ts'
import { ask } from './judge.ts'
import { batch, Load, type Sent } from './load.ts'
import { rounds, Victim } from './rig.ts'

t.setTimeout(6 * 3_600_000)
/** Spans in one batch, and in the whole soak; FAULT_SOAK_SPANS=10000000 is what a day brings. */
const BATCH = 200
const spans = Number(process.env.FAULT_SOAK_SPANS ?? rounds(24_000, 1_000_000))
/** Batches that are sent once more at the end. */
const AGAIN = 20

/** F16: much of the same. */
async function soak(t: Test, sabotage: string[]) {
  const { url } = await testDatabase(t)
  const victim = await Victim.start(t, url, { sabotage: ['say-heap', ...sabotage] })
  const load = new Load(victim.url, 0)
  const last: Sent[] = []
  const send = async (count: number) => {
    const clients = Array.from({ length: 4 }, async () => {
      for (let sent = 0; sent < count / BATCH / 4; sent++) {
        const one = batch(BATCH)
        while (!(await load.post(one)));
        last.push(one)
        if (last.length > AGAIN) last.shift()
      }
    })
    await Promise.all(clients)
  }
  await send(spans / 3)
  const early = await victim.heap()
  await send((spans * 2) / 3)
  const grown = (await victim.heap()) - early
  // which transaction wrote each row
  const look = () =>
    ask(url, 'select count(*)::text as rows, sum(xmin::text::bigint)::text as written from spans')
  const before = await look()
  for (const one of last) await load.post(one)
  return { load, grownMb: grown / 2 ** 20, before, after: await look() }
}

t.test('F16: memory does not grow with what was stored, and repetitions write nothing', async (t) => {
  const well = await soak(t, [])
  t.comment(`${spans} spans: the heap grew by ${well.grownMb.toFixed(1)} MB between a third and all of them`)
  t.same(well.load.besides(200, 429, 503), [])
  t.ok(well.grownMb < 12, `${well.grownMb} MB`)
  t.same(well.after, well.before, 'a repetition writes no row')
  const sick = await soak(t, ['leak'])
  t.ok(sick.grownMb > well.grownMb + 2, `twin: a leak is seen: ${sick.grownMb.toFixed(1)} MB`)
})
