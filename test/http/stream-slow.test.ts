import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { limits } from '../../src/limits.ts'
import { span } from '../helpers/span.ts'
import { openStream, told } from './live-client.ts'
import { begun, id } from './live-execution.ts'
import { openUnread } from './slow-reader.ts'

/** Together more than a socket takes for a client that reads nothing: bursts, their rows, characters of each name. */
const BURSTS = 2
const ROWS = 1_000
const NAME = 4_096

const hex = (n: number) => n.toString(16)

/** Spans below the root, each with a long name. */
const burst = (from: number) =>
  Array.from({ length: ROWS }, (_, n) =>
    span('1', hex(from + n), 'a', { name: `${hex(from + n)} ${'long '.repeat(NAME / 5)}` }),
  )

/** An execution with a watcher who reads nothing, and more told to it than its socket takes. */
async function stuck(t: Test, claims: object = {}) {
  const live = await begun(t)
  const reader = await openUnread(live.stream, claims)
  t.teardown(() => reader.cut())
  const other = await openStream(live.stream, { sub: 'somebody else' })
  for (let from = 0x1000; from < 0x1000 + BURSTS * ROWS; from += ROWS) {
    await live.write(...burst(from))
    await other.until((one) => told([one]).includes(id(hex(from + ROWS - 1))), 60_000)
  }
  return { ...live, reader, other }
}

t.test('a client that reads nothing keeps no place beyond the life of its token', async (t) => {
  const exp = Math.floor(Date.now() / 1000) + 15
  const { service, other } = await stuck(t, { exp })
  other.cut()
  const { server } = service.app
  const connections = promisify(server.getConnections.bind(server))
  await until(async () => (await connections()) === 0)
  t.ok(Date.now() / 1000 >= exp, 'it was not cut before')
})

t.test('a client that reads nothing does not hold up the end of the service', async (t) => {
  const { service, other } = await stuck(t)
  await service.app.close()
  await other.ended
  t.match(other.events.at(-1), { event: 'reconnect', data: { reason: 'stopping' } })
})

t.test(
  'what waits for a slow reader is bounded: it is told to read again, and nothing is lost',
  async (t) => {
    const { reader, other, write } = await stuck(t)
    // more rows than may wait, although few bytes
    const from = 0x9000
    await write(...Array.from({ length: limits.watch.rows }, (_, n) => span('1', hex(from + n), 'a')))
    // one who reads is told of the last: so is this one, whose rows were too many
    await other.until((one) => told([one]).includes(id(hex(from + limits.watch.rows - 1))), 60_000)
    reader.resume()
    await write(span('1', 'fff', 'a'))
    await until(() => reader.read().includes(id('fff')))
    const events = [...reader.read().matchAll(/^event: (\w+)/gm)].map(([, event]) => event)
    t.equal(events.filter((event) => event === 'reset').length, 1, events.join(' '))
    t.notOk(reader.read().includes(id(hex(from))), 'what it reads again it is not told')
  },
)

/** Resolves when it holds; the test's own time is its bound. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50))
}
