import { readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { testDatabase } from '../helpers/database.ts'
import { bearer } from '../http/service.ts'
import { judge } from './judge.ts'
import { Load } from './load.ts'
import { long, rounds, Victim } from './rig.ts'

t.setTimeout(900_000)
/** Times that the listener's own limits pass faster in CI; the long run waits for the real ones. */
const HASTE = 10
/** Milliseconds: `requestTimeout` and Node's interval of looking, twice. */
const patienceMs = long ? 120_000 : 20_000
/** File descriptors that pools and timers may take meanwhile. */
const MOST_GROWN = 20

/** F13: callers that abort, that never say anything, and that say one byte at a time. */
async function besieged(t: Test, env: Record<string, string>, sabotage: string[], patience: number) {
  const { url } = await testDatabase(t)
  const victim = await Victim.start(t, url, { sabotage, env })
  const load = new Load(victim.url, 2)
  await load.more(3)
  const port = Number(new URL(victim.url).port)
  const descriptors = () => readdirSync(`/proc/${victim.pid}/fd`).length
  const before = descriptors()
  const open = (): Socket => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    t.teardown(async () => void socket.destroy())
    return socket
  }
  const head =
    `POST /v1/traces HTTP/1.1\r\nhost: x\r\nauthorization: ${bearer({ scope: 'traces:write' }).authorization}\r\n` +
    'content-type: application/json\r\ncontent-length: 500000\r\n\r\n'
  for (let n = 0; n < 30; n++) {
    const socket = open()
    socket.write(`${head}{"resource`, () => setTimeout(() => socket.destroy(), 50))
  }
  const idle = Array.from({ length: rounds(200, 500) }, open)
  const slow = Array.from({ length: 20 }, open)
  for (const [n, socket] of slow.entries())
    socket.write(n % 2 === 0 ? head : 'POST /v1/traces HTTP/1.1\r\nx: ')
  const drip = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write('a')
  }, 1_000)
  const most = () => [...idle, ...slow].filter((socket) => !socket.destroyed && !socket.closed).length
  for (const socket of [...idle, ...slow]) socket.resume()
  // the honest ones are served meanwhile
  const served = await load.more(5)
  for (const until = Date.now() + patience; most() > 0 && Date.now() < until; ) await wait(100)
  clearInterval(drip)
  const left = most()
  await load.stop()
  await wait(500)
  const held = await victim.metric('trace_ingest_in_flight_bytes')
  const grown = () => descriptors() - before
  // the caller sees the end first; the service closes its side when it comes to it
  for (const until = Date.now() + patience; grown() > MOST_GROWN && Date.now() < until; ) await wait(100)
  return { load, served, left, held, grown: grown(), ...(await judge(url, load.ackedSpanIds)) }
}

t.test('F13: slow, silent and broken callers cost nothing for long', async (t) => {
  if (process.platform !== 'linux') return t.comment('descriptors are counted in /proc, which is not here')
  const haste = long ? {} : { FAULT_HASTE: String(HASTE) }
  const [well, sick] = await Promise.all([
    besieged(t, haste, long ? [] : ['patient-http'], patienceMs),
    besieged(t, {}, ['patient-http'], 6_000),
  ])
  t.ok(well.served, 'others are served meanwhile')
  t.equal(well.left, 0, 'every one of them was cut')
  t.equal(well.held, 0, 'what they held was given back')
  t.ok(well.grown <= MOST_GROWN, `${well.grown} descriptors more than before`)
  t.equal(well.lost, 0)
  t.same(well.load.besides(200), [])
  t.ok(sick.left > 0, 'twin: without limits they stay')
})
