import { setImmediate as immediate } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import t from 'tap'
import { Turns } from '../../src/ingest/turns.ts'

const KB = 1024

t.test('one at a time, the small ones first, those of a size in the order in which they came', async (t) => {
  const turns = new Turns()
  const order: string[] = []
  let under = 0
  const work = async (name: string, bytes: number, pauses = 0) => {
    const due = turns.due(bytes)
    await turns.take(due)
    for (let i = 0; ; i++) {
      t.equal(++under, 1, 'nobody else has the turn')
      order.push(name)
      await immediate()
      under--
      if (i === pauses) break
      turns.give()
      await turns.take(due)
    }
    turns.give()
  }
  const first = work('large', 20 * KB * KB, 2)
  await immediate()
  await immediate()
  await Promise.all([first, work('one', 100 * KB), work('two', 100 * KB), work('three', 1 * KB)])
  t.strictSame(order, ['large', 'three', 'one', 'two', 'large', 'large'])
})

t.test('what has waited for long comes before small ones that are new', async (t) => {
  const turns = new Turns()
  const old = turns.due(4 * KB) - 10_000
  const order: string[] = []
  const work = async (name: string, due: number) => {
    await turns.take(due)
    order.push(name)
    turns.give()
  }
  await Promise.all([work('new', turns.due(KB)), work('old', old)])
  t.strictSame(order, ['old', 'new'])
})

t.test('between two turns the rest of the process is heard', async (t) => {
  const turns = new Turns()
  const due = turns.due(20 * KB * KB)
  const { port1, port2 } = new MessageChannel()
  let heard = false
  port1.on('message', () => {
    heard = true
    port2.postMessage('again')
  })
  port2.postMessage('first')
  await turns.take(due)
  let deaf = 0
  for (let taken = 0; taken < 100; taken++) {
    const until = performance.now() + 1
    while (performance.now() < until);
    heard = false
    turns.give()
    await turns.take(due)
    if (!heard) deaf++
  }
  port1.close()
  t.ok(deaf < 10, `${deaf} turns of 100 in which nothing was heard`)
})
