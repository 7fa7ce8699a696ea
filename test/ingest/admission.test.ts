import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { Admission, inflatedEstimate } from '../../src/ingest/admission.ts'
import { watchEventLoop } from '../../src/ingest/event-loop-lag.ts'
import { createMetrics } from '../../src/metrics.ts'

const overloaded = { code: 'TRACE_OVERLOADED', statusCode: 503 }
const tooMany = { code: 'TRACE_TOO_MANY_REQUESTS', statusCode: 429 }

function budget(most: number, late = () => false) {
  const gauge = createMetrics().inFlightBytes
  const admission = new Admission(most, gauge, late)
  return { admission, held: async () => (await gauge.get()).values[0]?.value }
}

t.test('one that is alone is always admitted; beside others there is room for so many bytes', async (t) => {
  const { admission, held } = budget(100)
  const a = admission.open('a')
  a.grow(500)
  a.grow(500)
  t.equal(await held(), 1_000)
  const b = admission.open('b')
  t.throws(() => b.grow(1), overloaded)
  t.throws(() => b.expect(1), overloaded, 'refused before it comes')
  a.release()
  a.release()
  t.equal(await held(), 0, 'what is given back twice is counted once')
  t.throws(() => a.grow(1), overloaded, 'a ticket is used once')
  t.throws(() => a.expect(1), overloaded)
  b.grow(30)
  const c = admission.open('c')
  t.throws(() => c.grow(71), overloaded)
  c.expect(70)
  t.equal(await held(), 30, 'what is announced is not held')
  c.grow(70)
  t.equal(await held(), 100, 'to the last byte')
  t.throws(() => admission.open('d').grow(1), overloaded)
})

t.test(
  '429 for one who fills most of it while others are there, 503 for those whom he keeps out',
  async (t) => {
    const { admission } = budget(100)
    const b = admission.open('b')
    b.grow(30)
    const c = admission.open('c')
    c.grow(50)
    t.throws(() => admission.open('c').grow(30), overloaded, 'half of it is not most of it')
    c.grow(1)
    t.throws(() => admission.open('c').grow(30), tooMany)
    t.throws(() => admission.open('b').grow(30), overloaded)
    b.release()
    t.throws(
      () => admission.open('c').grow(60),
      overloaded,
      'nobody is kept out: callers who left do not count',
    )
  },
)

t.test('while the process is behind nobody new is taken, but one who is alone', async (t) => {
  let late = true
  const { admission } = budget(100, () => late)
  const first = admission.open('a')
  first.grow(1)
  t.throws(() => admission.open('b'), overloaded)
  first.grow(1)
  late = false
  admission.open('b').release()
  late = true
  first.release()
  admission.open('b').grow(1)
})

t.test('an event loop that is behind says so, while it is and until it looked again', async (t) => {
  let now = 0
  const loop = watchEventLoop(() => now)
  t.teardown(() => loop.stop())
  t.notOk(loop.late())
  now = 1_700
  t.notOk(loop.late(), '1.45 s after the look was due')
  now = 1_800
  t.ok(loop.late(), 'before the look that is late')
  await wait(300)
  t.ok(loop.late(), 'the look came late')
  await wait(300)
  t.notOk(loop.late(), 'the next one did not')
})

t.test('the estimate of an inflated size', async (t) => {
  const body = gzipSync(Buffer.alloc(5000))
  for (const codec of ['gzip', 'x-gzip']) t.equal(inflatedEstimate(body, codec, 10_000), 5000)
  t.equal(inflatedEstimate(body, 'gzip', 1000), 1000)
  t.equal(inflatedEstimate(body, '', 1000), 0)
  t.equal(inflatedEstimate(body, 'identity', 1000), 0)
  t.equal(inflatedEstimate(body, 'deflate', 1_000_000), body.length * 8)
  t.equal(inflatedEstimate(Buffer.alloc(3), 'gzip', 1000), 24)
})
