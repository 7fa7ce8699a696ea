import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { startEmbedded } from '../../src/store/embedded/index.ts'
import { behindProxy, refuseCopies } from './behind-proxy.ts'
import { judge } from './judge.ts'
import { Load } from './load.ts'
import { long, rounds, Victim, type Wounds } from './rig.ts'

t.setTimeout(900_000)

/** F6, as Postgres tells it (SQLSTATE 53100), without filling a disk. */
async function told(t: Test, wounds: Wounds) {
  const { url, toxic, victim } = await behindProxy(t, wounds)
  const load = new Load(victim.url, 3)
  for (let round = 0; round < rounds(2, 20); round++) {
    await load.more(3)
    toxic.watcher = refuseCopies('53100', 'could not extend file: No space left on device')
    await wait(500)
    await toxic.heal()
  }
  await load.more(3)
  await load.stop()
  return {
    load,
    victim,
    full: await victim.metric('trace_commits_failed_total'),
    ...(await judge(url, load.ackedSpanIds)),
  }
}

t.test('F6: the disk is full: 503, and after that all is well', async (t) => {
  const [well, sick] = await Promise.all([told(t, {}), told(t, { sabotage: ['ack-early'] })])
  t.comment(`${well.load.acked.length} batches acknowledged, ${well.load.statuses.get(503) ?? 0} times 503`)
  t.ok(well.full > 0, 'commits failed')
  t.ok((well.load.statuses.get(503) ?? 0) > 0)
  t.same(well.load.besides(200, 503), [])
  t.equal(well.load.unhelpful, 0)
  t.equal(well.lost, 0)
  t.ok(well.victim.alive)
  t.ok(sick.lost > 0, 'twin: an early acknowledgement is seen')
})

/** A file system of its own, small enough to fill; null where this machine does not let us. */
function smallDisk(t: Test, megabytes: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'trace-small-'))
  const { status, stderr, error } = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${megabytes}m`,
    'tmpfs',
    folder,
  ])
  if (status !== 0) {
    t.comment(`no small disk on this machine: mount says ${error?.message ?? String(stderr).trim()}`)
    rmSync(folder, { recursive: true })
    return null
  }
  t.teardown(() => {
    spawnSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** A real disk that is really full. Root and a mount: in the long run only. */
const realDisk = async (t: Test) => {
  const disk = smallDisk(t, 256)
  if (disk === null) return
  const settings = { max_wal_size: '64MB', min_wal_size: '32MB', checkpoint_timeout: '30s' }
  const postgres = await startEmbedded({
    dataDir: join(disk, 'pg'),
    log: pino({ level: 'silent' }),
    settings,
  })
  t.teardown(() => postgres.stop())
  const victim = await Victim.start(t, postgres.url)
  const load = new Load(victim.url, 4)
  const filler = join(disk, 'filler')
  for (let round = 0; round < 3; round++) {
    await load.more(10)
    const refused = load.statuses.get(503) ?? 0
    const { bavail, bsize } = statfsSync(disk)
    writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 1024 * 1024)))
    for (let tries = 0; (load.statuses.get(503) ?? 0) < refused + 5 && tries < 600; tries++) await wait(100)
    t.ok((load.statuses.get(503) ?? 0) > refused, 'callers were told 503')
    t.ok(victim.alive)
    rmSync(filler)
    const began = performance.now()
    t.ok(await load.more(5), 'space came back, and so did the service')
    t.comment(`back after ${Math.round(performance.now() - began)} ms`)
  }
  await load.stop()
  t.comment(`${load.acked.length} batches acknowledged`)
  t.same(load.besides(200, 503), [])
  t.equal((await judge(postgres.url, load.ackedSpanIds)).lost, 0)
}

if (long) t.test('F6: a real full disk', realDisk)
