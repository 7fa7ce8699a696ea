import { spawnSync } from 'node:child_process'
import t, { type Test } from 'tap'
import { testDatabase } from '../helpers/database.ts'
import { bearer } from '../http/service.ts'
import { ask } from './judge.ts'
import { requestOf } from './load.ts'
import { long, Victim, type Wounds } from './rig.ts'

t.setTimeout(900_000)
const HOUR_S = 3_600

/** Times as senders with a broken clock have them: nanoseconds, and what must be stored of the start. */
const nowNs = BigInt(Date.now()) * 1_000_000n
const times: readonly (readonly [name: string, start: bigint, end: bigint])[] = [
  ['now', nowNs, nowNs + 1_000n],
  ['an hour ago', nowNs - 3_600_000_000_000n, nowNs],
  ['in an hour', nowNs + 3_600_000_000_000n, nowNs + 3_700_000_000_000n],
  ['ends before it starts', nowNs, nowNs - 1_000_000n],
]
/** These are taken too, with whatever start they can be given. */
const impossible: typeof times = [
  ['no start', 0n, nowNs],
  ['2554', 2n ** 64n - 1n, 2n ** 64n - 1n],
]

async function post(url: string, claims: object, spans: readonly object[]) {
  const answer = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { ...bearer({ scope: 'traces:write', ...claims }), 'content-type': 'application/json' },
    body: requestOf(spans),
  })
  return { status: answer.status, text: await answer.text() }
}

/** F14: the clock of the service is wrong. */
async function skewed(t: Test, seconds: number, wounds: Wounds, sabotage: string | null = null) {
  const { url } = await testDatabase(t)
  const victim = await Victim.start(t, url, wounds)
  if (sabotage !== null) await ask(url, sabotage)
  const traceId = 'c1'.repeat(16)
  const spans = [...times, ...impossible].map(([name, start, end], i) => ({
    traceId,
    spanId: String(i + 1).padStart(16, '0'),
    name,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
  }))
  // by the clock of the service these tokens are good for a minute
  const exp = Math.floor(Date.now() / 1000) + seconds + 60
  const iat = Math.floor(Date.now() / 1000) + Math.min(seconds, 0) - 60
  const sent = await post(victim.url, { exp, iat }, spans)
  const rows = await ask<{ name: string; start_ns: string }>(url, 'select name, start_ns::text from spans')
  const expiredBy = async (ago: number) =>
    (await post(victim.url, { exp: Math.floor(Date.now() / 1000) + seconds - ago, iat }, [])).status
  return {
    sent,
    alive: victim.alive,
    stored: new Map(rows.map((row) => [row.name, BigInt(row.start_ns)])),
    // on a loaded machine a second passes between the token and the look at it
    tolerated: await expiredBy(2),
    refused: await expiredBy(20),
  }
}

const asSent = (stored: Map<string, bigint>) => times.every(([name, start]) => stored.get(name) === start)

t.test('F14: clocks are wrong, of the service and of senders', async (t) => {
  const clock = (seconds: number) => ({
    sabotage: ['clock'],
    env: { FAULT_CLOCK_MS: String(seconds * 1000) },
  })
  const late = `create function late() returns trigger language plpgsql as
    $$ begin new.start_ns := greatest(new.start_ns, ${nowNs + 1n}); return new; end $$;
    create trigger late before insert on spans for each row execute function late()`
  const [fast, slow, sick] = await Promise.all([
    skewed(t, HOUR_S, clock(HOUR_S)),
    skewed(t, -HOUR_S, clock(-HOUR_S)),
    skewed(t, 0, {}, late),
  ])
  for (const [name, one] of [
    ['an hour fast', fast],
    ['an hour slow', slow],
  ] as const) {
    t.match(one.sent, { status: 200, text: '{}' }, name)
    t.ok(asSent(one.stored), `${name}: times are stored as they were sent`)
    t.equal(one.stored.size, times.length + impossible.length, `${name}: every span is there`)
    t.equal(one.tolerated, 200, `${name}: a token may be a few seconds over`)
    t.equal(one.refused, 401, `${name}: and no more`)
    t.ok(one.alive)
  }
  t.notOk(asSent(sick.stored), 'twin: a database that mends times is seen')
})

/** The library by which `faketime` bends a clock; null where there is none. Its program would stand between us and signals. */
function faketime(): string | null {
  const { stdout, error } = spawnSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], {
    encoding: 'utf8',
  })
  return error === undefined ? stdout.trim() : null
}

const faked = async (t: Test) => {
  const library = faketime()
  if (library === null) return t.comment('faketime is not on this machine')
  for (const hours of [1, -1]) {
    const env = { LD_PRELOAD: library, FAKETIME: `${hours > 0 ? '+' : '-'}1h` }
    const one = await skewed(t, hours * HOUR_S, { env })
    t.equal(one.sent.status, 200)
    t.ok(asSent(one.stored))
    t.equal(one.stored.size, times.length + impossible.length)
    t.equal(one.tolerated, 200)
    t.equal(one.refused, 401)
  }
}

if (long) t.test('F14: the same under faketime', faked)
