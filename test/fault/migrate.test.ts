import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { emptyDatabase, testDatabase } from '../helpers/database.ts'
import { ask, judge } from './judge.ts'
import { Load } from './load.ts'
import { rounds, Victim } from './rig.ts'

t.setTimeout(900_000)
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** Runs the built `migrate`: its exit code and what it wrote. */
async function migrate(url: string, sabotage?: string) {
  const loaded = sabotage ? ['--import', new URL(`sabotage/${sabotage}.mjs`, import.meta.url).href] : []
  const child = spawn(process.execPath, [...loaded, cli, 'migrate'], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: url },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said += text
    })
  }
  const [code] = await once(child, 'exit')
  return { code: code as number | null, said }
}

/** F15: replicas start at once. */
t.test('F15: many processes migrate at once: one works, all succeed', async (t) => {
  const atOnce = rounds(4, 20)
  const all = (url: string, sabotage?: string) =>
    Promise.all(Array.from({ length: atOnce }, () => migrate(url, sabotage)))
  const url = await emptyDatabase(t)
  const done = await all(url)
  t.same(
    done.filter(({ code }) => code !== 0).map(({ said }) => said),
    [],
  )
  const [row] = await ask<{ n: string }>(url, 'select count(*) as n from schema_migrations')
  t.ok(Number(row?.n) > 0)
  // Whether they meet is chance: a few tries.
  let collided = false
  for (let tries = 0; tries < 8 && !collided; tries++) {
    const sick = await all(await emptyDatabase(t), 'no-locks')
    collided = sick.some(({ code }) => code !== 0)
  }
  t.ok(collided, 'twin: without the lock they collide')
})

t.test('F15: migrating while another replica serves; an older binary refuses a newer schema', async (t) => {
  const { url } = await testDatabase(t)
  const victim = await Victim.start(t, url)
  const load = new Load(victim.url, 2)
  await load.more(3)
  t.equal((await migrate(url)).code, 0)
  await load.more(3)
  await load.stop()
  t.same(load.besides(200), [])
  t.equal((await judge(url, load.ackedSpanIds)).lost, 0)
  await ask(url, `insert into schema_migrations (id, name, checksum) values (9000, '9000_later.sql', 'x')`)
  const old = await migrate(url)
  t.not(old.code, 0)
  t.match(old.said, /9000_later/)
})
