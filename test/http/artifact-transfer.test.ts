import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { artifactService, sha256, writer } from './artifact-service.ts'

const service = await artifactService(t)
const { put, stored, get, rows, url } = service
const MIB = 1024 * 1024

/** Bytes that cost the test no memory: block `i` is filled with `i`. */
function blocks(mebibytes: number): ReadableStream<Uint8Array> {
  let i = 0
  return new ReadableStream(
    {
      pull(controller) {
        if (i === mebibytes * 16) controller.close()
        else controller.enqueue(Buffer.alloc(MIB / 16, i++ % 251))
      },
    },
    { highWaterMark: 1 },
  )
}

async function digest(stream: AsyncIterable<Uint8Array>, seen: () => void = () => {}): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream) {
    hash.update(chunk)
    seen()
  }
  return hash.digest('hex')
}

t.test('30 MiB up and down need no memory', async (t) => {
  const expected = await digest(blocks(30))
  // once before, so that what the process keeps for good (code, pools, heap that is not given back) is there
  await stored('big/artifacts/warm', blocks(30), { 'x-workflow-id': 'wf' })
  const warm = await get('/api/artifacts/warm/download')
  await digest(warm.body as ReadableStream<Uint8Array>)
  const before = process.memoryUsage().rss
  let most = 0
  const look = () => {
    most = Math.max(most, process.memoryUsage().rss)
  }
  const timer = setInterval(look, 5)
  const artifact = await stored('big/artifacts/big', blocks(30), {
    'x-workflow-id': 'wf',
    'x-content-sha256': expected,
  })
  t.match(artifact, { size: 30 * MIB, sha256: expected })
  const answer = await get(`/api/artifacts/${artifact.download_id}/download`)
  t.equal(await digest(answer.body as ReadableStream<Uint8Array>, look), expected)
  clearInterval(timer)
  const grown = (most - before) / MIB
  t.ok(grown < 60, `RSS grew by ${grown.toFixed(1)} MiB, client and service in one process`)
})

t.test('a slow reader holds no connection of the pool', async (t) => {
  const held = await Promise.all(Array.from({ length: 8 }, () => get('/api/artifacts/big/download')))
  const taken = () => {
    const { total = 0, idle = 0, waiting = 0 } = service.store.pools().read ?? {}
    return total - idle + waiting
  }
  // until what the sockets take is full
  for (let quiet = 0; quiet < 10; quiet = taken() === 0 ? quiet + 1 : 0) await wait(20)
  t.equal(taken(), 0, 'eight downloads stand still, no connection is taken')
  t.equal((await service.json('/api/executions/none/trace')).status, 404, 'others read')
  await Promise.all(held.map((one) => one.body?.cancel()))
})

t.test('the same upload at once is stored once', async (t) => {
  const before = [await rows('artifacts'), await rows('artifact_chunks')] as const
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => put('race/artifacts/equal', blocks(2), { 'x-workflow-id': 'wf' })),
  )
  const statuses = answers.map((one) => one.status).sort()
  t.same(statuses, [200, 200, 200, 200, 200, 201])
  t.same([await rows('artifacts'), await rows('artifact_chunks')], [before[0] + 1, before[1] + 4])
})

t.test('of different uploads at once one is stored, whole', async (t) => {
  const bodies = Array.from({ length: 6 }, (_, i) => Buffer.alloc(MIB, i))
  const answers = await Promise.all(
    bodies.map((body) => put('race/artifacts/different', body, { 'x-workflow-id': 'wf' })),
  )
  const statuses = answers.map((one) => one.status).sort()
  t.same(statuses, [201, 409, 409, 409, 409, 409])
  const won = bodies[answers.findIndex((one) => one.status === 201)] as Buffer
  const bytes = await get('/api/artifacts/different/download')
  t.equal(sha256(Buffer.from(await bytes.arrayBuffer())), sha256(won))
})

t.test('an upload that breaks off leaves nothing', async (t) => {
  const before = [await rows('artifacts'), await rows('artifact_chunks')]
  for (const length of ['transfer-encoding: chunked', `content-length: ${3 * MIB}`]) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const { authorization } = writer()
    socket.write(
      `PUT /api/executions/gone/artifacts/a HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: image/png\r\n${length}\r\n\r\n`,
    )
    const chunked = length.startsWith('transfer')
    if (chunked) socket.write(`${MIB.toString(16)}\r\n`)
    socket.write(Buffer.alloc(MIB))
    while ((service.store.pools().uploads?.total ?? 0) === (service.store.pools().uploads?.idle ?? 0))
      await wait(5)
    socket.destroy()
    while ((service.store.pools().uploads?.total ?? 0) !== (service.store.pools().uploads?.idle ?? 0))
      await wait(5)
    t.same([await rows('artifacts'), await rows('artifact_chunks')], before, length)
  }
  t.same(service.lines, [], 'it is nothing to warn about')
  t.equal((await put('gone/artifacts/a', 'x')).status, 201, 'the id is free')
})

t.test('a wrong digest at the end of a long body leaves nothing', async (t) => {
  const before = [await rows('artifacts'), await rows('artifact_chunks')]
  const answer = await put('gone/artifacts/b', blocks(3), { 'x-content-sha256': sha256('') })
  t.equal(answer.status, 400)
  t.same([await rows('artifacts'), await rows('artifact_chunks')], before)
})

t.test('an upload outlives the time that other requests have', async (t) => {
  let sockets = 0
  service.app.server.on('request', (request) => {
    if (request.method !== 'PUT') return
    sockets++
    // what Node's own check does with a request that is older than `requestTimeout`
    const expired = Object.assign(new Error('expired'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
    setTimeout(() => service.app.server.emit('clientError', expired, request.socket), 50)
  })
  const slowly = new ReadableStream({
    async pull(controller) {
      await wait(40)
      controller.enqueue(Buffer.from('part of it'))
      if (++parts === 5) controller.close()
    },
  })
  let parts = 0
  const answer = await put('slow/artifacts/a', slowly)
  t.equal(answer.status, 201)
  t.equal(sockets, 1)
})
