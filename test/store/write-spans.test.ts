// The walk of a request through the store, on a writer that does what the test says.
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import type { RowBatch } from '../../src/store/encode-batch.ts'
import { type WriteParts, writeSpans } from '../../src/store/write-spans.ts'
import { span } from '../helpers/span.ts'
import { batchOf } from './scripted-pool.ts'

/** Parts whose writer answers with `write`; `erased` = the names of executions that something was erased of. */
function parts(write: (batch: RowBatch) => Promise<number>, erased: readonly string[] = []): WriteParts {
  return {
    contexts: { has: () => true, store: async () => {} },
    erasures: {
      known: 1n,
      concern: (_realm: number, named: RowBatch['named']) =>
        [...named.values()].some((names) => erased.some((name) => names.has(name))),
      admit: async (_realm: number, spans: readonly { executionId: string | null }[]) =>
        spans.filter(({ executionId }) => executionId === null || !erased.includes(executionId)),
    },
    repeats: { again: () => false },
    writer: { write },
    upkeep: { days: new Set() },
    redactionVersion: 1,
  } as unknown as WriteParts
}
const realm = async () => 1

t.test('a request whose rows are stored in parts is answered when none of them is under way', async (t) => {
  let end = (_stored: number) => {}
  const second = new Promise<number>((resolve) => (end = resolve))
  const batches = [batchOf(['a']).batch, batchOf(['b']).batch]
  const written = writeSpans(
    parts((batch) => (batch === batches[0] ? Promise.reject(new Error('away')) : second)),
    realm,
    () => [],
    async () => batches,
  )
  const answer = written.then(
    () => 'stored',
    ({ message }: Error) => message,
  )
  t.equal(await Promise.race([answer, wait(50)]), undefined, 'its bytes are counted until then')
  end(0)
  t.equal(await answer, 'away')
})

t.test('what one part has erased is looked for in all of them, and told exactly', async (t) => {
  const sent: RowBatch[] = []
  const store = parts(
    async (batch) => {
      sent.push(batch)
      return 0
    },
    ['gone'],
  )
  const named = (name: string) => new Map([['t', new Set([name])]])
  const made = async () => [
    { ...batchOf(['a']).batch, named: named('kept') },
    { ...batchOf(['b']).batch, named: named('gone') },
  ]
  const spans = ['kept', 'gone', 'gone'].map((executionId, i) =>
    span('c1', `${i + 1}`, null, { executionId }),
  )
  t.same(await writeSpans(store, realm, () => [spans], made), {
    stored: 1,
    refused: [{ reason: 'erased', count: 2 }],
  })
  t.strictSame(
    sent.map((batch) => batch.spans.length),
    [1],
  )
  t.same(await writeSpans(store, realm, () => [spans.slice(1)], made), {
    stored: 0,
    refused: [{ reason: 'erased', count: 2 }],
  })
})

t.test('what the writer could not store of any part is one refusal', async (t) => {
  const made = async () => [batchOf(['a', 'b', 'c']).batch, batchOf(['d']).batch, batchOf(['e', 'f']).batch]
  const refusing = parts(async (batch) => batch.spans.length - 1)
  t.same(await writeSpans(refusing, realm, () => [], made), {
    stored: 3,
    refused: [{ reason: 'unstorable', count: 3 }],
  })
})
