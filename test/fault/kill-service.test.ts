import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { judge } from './judge.ts'
import { Load } from './load.ts'
import { durablePostgres, rounds, Victim } from './rig.ts'

t.setTimeout(1_800_000)

/** P1, P2 (docs/promises.md), fault F1: kill -9 of the service under load. */
t.test('nothing acknowledged is lost when the service is killed, and a re-send adds nothing', async (t) => {
  const postgres = await durablePostgres(t)
  const victim = await Victim.start(t, postgres.url)
  const load = new Load(victim.url, 4)
  for (let round = 0; round < rounds(3, 50); round++) {
    await load.more(8)
    await wait(Math.random() * 100)
    await victim.stop('SIGKILL')
    await victim.start()
  }
  await load.more(8)
  await load.stop()
  const after = await judge(postgres.url, load.ackedSpanIds)
  t.comment(`${load.acked.length} batches were acknowledged`)
  t.equal(after.lost, 0)
  await load.again()
  t.same(await judge(postgres.url, load.ackedSpanIds), after, 'not one row more')
})

/** The same judge, on a door that acknowledges before anything is stored: it must find the loss. */
t.test('the judge sees what a door loses that acknowledges early', async (t) => {
  const postgres = await durablePostgres(t)
  const victim = await Victim.start(t, postgres.url)
  const early = createServer((request, response) => ackEarly(victim.url, request, response))
  early.listen(0, '127.0.0.1')
  await once(early, 'listening')
  t.teardown(async () => void early.close())
  const load = new Load(`http://127.0.0.1:${(early.address() as { port: number }).port}`, 2)
  await load.more(8)
  await victim.stop('SIGKILL')
  await load.more(2)
  await load.stop()
  t.ok((await judge(postgres.url, load.ackedSpanIds)).lost > 0)
})

function ackEarly(url: string, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    const headers = { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' }
    setTimeout(() => {
      fetch(`${url}/v1/traces`, { method: 'POST', headers, body: Buffer.concat(chunks) }).catch(() => {})
    }, 50)
  })
}
