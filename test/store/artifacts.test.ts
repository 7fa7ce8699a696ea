import t from 'tap'
import { limits } from '../../src/limits.ts'
import type { Principal } from '../../src/model/principal.ts'
import { deleteArtifactsOf, dropArtifactBytesBefore } from '../../src/store/artifacts.ts'
import { reader, testStore } from '../helpers/store.ts'

const { store, database } = await testStore(t)
const chunk = limits.artifactChunkBytes
const writer = { workspace: 'default', workflows: ['*'] }

async function* pieces(...list: Buffer[]): AsyncGenerator<Buffer> {
  yield* list
}

async function put(executionId: string, artifactId: string, ...list: Buffer[]) {
  const { realm } = await store.artifacts.target(writer, executionId)
  const upload = {
    realm,
    executionId,
    artifactId,
    workflowId: 'wf',
    spanId: null,
    name: null,
    mediaType: 'x/y',
  }
  return store.artifacts.put(upload, pieces(...list))
}

const count = async (table: string) =>
  Number((await database.read.query(`select count(*) from ${table}`)).rows[0].count)

async function read(artifact: Awaited<ReturnType<typeof put>>['artifact'], from: number, to: number) {
  const list: Buffer[] = []
  for await (const bytes of store.artifacts.bytes(artifact, from, to)) list.push(bytes)
  return Buffer.concat(list)
}

t.test('bytes come back from any place', async (t) => {
  const all = Buffer.from(Array.from({ length: 2 * chunk + 10 }, (_, i) => i % 241))
  const { artifact } = await put(
    'e',
    'a',
    all.subarray(0, chunk),
    all.subarray(chunk, 2 * chunk),
    all.subarray(2 * chunk),
  )
  for (const [from, to] of [
    [0, all.length],
    [0, 1],
    [chunk - 1, chunk + 1],
    [chunk, 2 * chunk],
    [2 * chunk + 9, 2 * chunk + 10],
    [5, 5],
  ] as const) {
    t.ok((await read(artifact, from, to)).equals(all.subarray(from, to)), `${from} to ${to}`)
  }
})

t.test('an artifact that vanishes on the way is an error, not fewer bytes', async (t) => {
  const { artifact } = await put('vanish', 'a', Buffer.alloc(chunk), Buffer.alloc(10))
  const bytes = store.artifacts.bytes(artifact, 0, artifact.size)
  await bytes.next()
  await erase('vanish')
  await t.rejects(bytes.next(), /vanished/)
})

async function erase(...ids: string[]) {
  const { realm } = await store.artifacts.target(writer, ids[0] as string)
  const client = await database.work.connect()
  try {
    return await deleteArtifactsOf(client, realm, ids)
  } finally {
    client.release()
  }
}

t.test('what erasing deletes, and what it leaves', async (t) => {
  const before = [await count('artifacts'), await count('artifact_chunks')]
  await put('gone', 'a', Buffer.alloc(chunk), Buffer.alloc(1))
  await put('gone', 'b', Buffer.alloc(3))
  const { artifact } = await put('stays', 'a', Buffer.from('here'))
  t.same(await erase('gone', 'unheard'), { artifacts: 2, bytes: BigInt(chunk + 4) })
  t.same(await erase('gone'), { artifacts: 0, bytes: 0n })
  t.same(
    [await count('artifacts'), await count('artifact_chunks')],
    before.map((one) => one + 1),
  )
  t.equal((await read(artifact, 0, 4)).toString(), 'here')
})

t.test('retention drops bytes and keeps the row', async (t) => {
  await put('old', 'a', Buffer.from('old'))
  const chunks = await count('artifact_chunks')
  await database.work.query(`update artifacts set stored_at = '2020-01-01' where execution_id = 'old'`)
  const before = new Date('2021-01-01')
  t.equal(await dropArtifactBytesBefore(database.work, before), 1)
  t.equal(await dropArtifactBytesBefore(database.work, before), 0, 'once')
  t.equal(await count('artifact_chunks'), chunks - 1)
  const listed = await store.artifacts.ofExecution(
    reader(),
    {
      realm: (await store.artifacts.target(writer, 'old')).realm,
      key: { executionId: 'old', fallback: false },
    },
    [],
  )
  t.match(listed.get('a'), { gone: true, size: 3 })
})

t.test('chunks that fail leave nothing, and their error comes through', async (t) => {
  const before = [await count('artifacts'), await count('artifact_chunks')]
  const failing = async function* () {
    yield Buffer.alloc(10)
    throw new Error('the sender is gone')
  }
  const { realm } = await store.artifacts.target(writer, 'broken')
  const upload = {
    realm,
    executionId: 'broken',
    artifactId: 'a',
    workflowId: null,
    spanId: null,
    name: null,
    mediaType: 'x/y',
  }
  await t.rejects(store.artifacts.put(upload, failing()), /the sender is gone/)
  t.same([await count('artifacts'), await count('artifact_chunks')], before)
  const { total, idle } = store.pools().uploads ?? {}
  t.equal(idle, total, 'the connection is given back')
})

t.test('reach is exact', async (t) => {
  const { artifact } = await put('reach', 'only', Buffer.from('x'))
  const may = async (principal: Principal) =>
    (await store.artifacts.find(principal, artifact.downloadId)) !== null
  t.ok(await may(reader(['wf'])))
  t.ok(await may(reader(['w*'])))
  t.notOk(await may(reader(['wf2', 'w'])))
  t.notOk(await may(reader([])))
  t.notOk(await may(reader(['*'], 'other')))
})
