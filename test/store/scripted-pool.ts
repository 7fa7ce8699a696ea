import type { Pool } from 'pg'
import type { RowBatch } from '../../src/store/encode-batch.ts'

/** What a transaction of `scriptedPool` ends with: an error, or null = it is committed. May take its time. */
type Outcome = (sent: Sent) => Error | null | Promise<Error | null>

/** A transaction as it came: its SQL, and the bytes of each COPY as text. */
export interface Sent {
  sql: string
  feeds: string[]
}

interface Copy {
  submit(connection: unknown): void
  handleCopyInResponse(connection: unknown): void
  handleError(error: Error): void
  handleReadyForQuery(): void
}

/**
 * A pool whose server says to each transaction what the test wants. `sent` are the transactions, `released` says of
 * each connection that was given back whether it was given up.
 */
export function scriptedPool(outcome: Outcome) {
  const sent: Sent[] = []
  const released: ('kept' | 'given up')[] = []
  const client = {
    query(statement: string | Copy): Promise<void> | undefined {
      if (typeof statement === 'string') return Promise.resolve()
      void answer(statement)
    },
    release: (broken?: Error) => void released.push(broken === undefined ? 'kept' : 'given up'),
  }
  async function answer(copy: Copy): Promise<void> {
    let sql = ''
    copy.submit({ query: (text: string) => void (sql = text) })
    const feeds = (sql.match(/\bcopy \w+ \(/g) ?? []).map(() => fed(copy))
    sent.push({ sql, feeds })
    const error = await outcome({ sql, feeds })
    if (error === null) copy.handleReadyForQuery()
    else copy.handleError(error)
  }
  const pool = { connect: async () => client } as unknown as Pool
  return { pool, sent, released }
}

function fed(copy: Copy): string {
  const chunks: Buffer[] = []
  const stream = { cork() {}, uncork() {}, write: (chunk: Buffer) => void chunks.push(Buffer.from(chunk)) }
  copy.handleCopyInResponse({ stream })
  return Buffer.concat(chunks).toString('latin1')
}

/** An error as the driver throws it. Those that the server says have a severity. */
export const said = (
  code: string,
  more: { severity?: string; constraint?: string } = { severity: 'ERROR' },
) => Object.assign(new Error(code), { code, ...more })

/** A batch of rows, each of which is its text in angle brackets; `bytes` = how large it says that it is. */
export function batchOf(rows: readonly string[], more: { bytes?: number; known?: bigint } = {}) {
  const bytes = (from = 0, to = rows.length) =>
    Buffer.from(
      rows
        .slice(from, to)
        .map((row) => `<${row}>`)
        .join(''),
    )
  const abandoned = { times: 0 }
  const batch = {
    spans: {
      length: rows.length,
      byteLength: more.bytes ?? bytes().length,
      slice: bytes,
      abandon: () => void abandoned.times++,
      release() {},
    },
    marks: Buffer.from(`<mark of ${rows[0]}>`),
    messages: Buffer.alloc(0),
    contexts: new Map(),
    named: new Map(),
    erasuresKnown: more.known ?? 0n,
  } satisfies RowBatch
  return { batch, abandoned }
}
