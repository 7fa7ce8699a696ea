import { testDatabase } from '../helpers/database.ts'
import { Toxic, throughProxy, type Watcher } from '../helpers/toxic.ts'
import { type Test, Victim, type Wounds } from './rig.ts'

/** A service, a bad network, and a Postgres behind it that is well. */
export interface BehindProxy {
  /** The database, past the proxy. */
  url: string
  toxic: Toxic
  victim: Victim
}

type DatabaseTest = Test & { teardown(clean: () => Promise<void>): void }

/** Starts them; `wounds` are the service's. `url` where the database is not one of the test run's Postgres. */
export async function behindProxy(
  t: DatabaseTest,
  wounds: Wounds = {},
  given?: string,
): Promise<BehindProxy> {
  const url = given ?? (await testDatabase(t)).url
  const { target, urlAt } = throughProxy(url)
  const toxic = await Toxic.start(t, target)
  return { url, toxic, victim: await Victim.start(t, urlAt(toxic.port), wounds) }
}

/** A commit's answer: a completed write, and a server that is ready outside of a transaction. */
const committed = /(COPY \d+|INSERT \d+ \d+|COMMIT)\0$/
const readyOutside = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])

/** The answers of commits are lost with their connections: they were committed, and nobody hears of it. */
export function loseCommits(): { watcher: Watcher; lost: () => number } {
  let lost = 0
  return {
    lost: () => lost,
    watcher: (bytes, direction) => {
      const end = bytes.indexOf(readyOutside)
      if (direction === 'up' || end < 0 || !committed.test(bytes.toString('latin1', 0, end))) return 'pass'
      lost += 1
      return 'reset'
    },
  }
}

/** Connections break while rows are on their way. */
export function cutCopies(): { watcher: Watcher; cut: () => number } {
  let cut = 0
  return {
    cut: () => cut,
    watcher: (bytes, direction, { server }) => {
      if (direction === 'down' || !bytes.includes('PGCOPY')) return 'pass'
      cut += 1
      // half of it arrives
      server.write(bytes.subarray(0, bytes.length >> 1))
      return 'reset'
    },
  }
}

/**
 * Whatever wants to COPY is told an error by the server, as ErrorResponse of this SQLSTATE, and the connection ends.
 * `every`: only one in so many.
 */
export function refuseCopies(sqlstate: string, words: string, every = 1): Watcher {
  let seen = 0
  const field = (type: string, value: string) => `${type}${value}\0`
  const body = `${field('S', 'FATAL')}${field('V', 'FATAL')}${field('C', sqlstate)}${field('M', words)}\0`
  const head = Buffer.from([0x45, 0, 0, 0, 0])
  head.writeInt32BE(body.length + 4, 1)
  const response = Buffer.concat([head, Buffer.from(body, 'latin1')])
  return (bytes, direction, { client, server }) => {
    if (direction === 'down' || !/\bcopy\b[^;]*\bfrom stdin\b/i.test(bytes.toString('latin1'))) return 'pass'
    if (seen++ % every !== 0) return 'pass'
    client.end(response)
    server.destroy()
    return 'lose'
  }
}
