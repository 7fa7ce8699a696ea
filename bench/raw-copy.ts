import type { Connection, Submittable } from 'pg'
import pg from 'pg'
import { copyIn } from '../src/store/copy-in.ts'

/** Connections at a time: more gain nothing on two processors. */
const CONNECTIONS = 4
/** Bytes of one COPY, as in the write path. */
const GROUP_BYTES = 8 * 1024 * 1024

/** Rows of a table in COPY's binary form, cut into groups. */
export async function rowsOf(url: string, table: string): Promise<Buffer[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const chunks: Buffer[] = []
  await new Promise<void>((resolve, reject) => {
    client.query(
      new CopyOut(`copy (select * from ${table}) to stdout (format binary)`, chunks, (error) =>
        error ? reject(error) : resolve(),
      ),
    )
  })
  await client.end()
  // the server sends the header before the first row, and the trailer (a row of −1 fields) last
  return groups(Buffer.concat(chunks).subarray(19, -2))
}

function groups(rows: Buffer): Buffer[] {
  const cut: Buffer[] = []
  let from = 0
  for (let at = 0; at < rows.length; ) {
    let fields = rows.readInt16BE(at)
    at += 2
    for (; fields > 0; fields--) at += 4 + Math.max(0, rows.readInt32BE(at))
    if (at - from < GROUP_BYTES && at < rows.length) continue
    cut.push(rows.subarray(from, at))
    from = at
  }
  return cut
}

/** Copies groups of rows into an empty table: the most that this Postgres can take. Milliseconds. */
export async function rawCopy(url: string, table: string, rows: readonly Buffer[]): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS })
  await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.query('select 1')))
  let next = 0
  const writer = async (): Promise<void> => {
    const client = await pool.connect()
    for (let group = rows[next++]; group !== undefined; group = rows[next++]) {
      await copyIn(client, `copy ${table} from stdin (format binary)`, [[group]])
    }
    client.release()
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: CONNECTIONS }, writer))
  const ms = performance.now() - began
  await pool.end()
  return ms
}

/** COPY … TO STDOUT: keeps what comes. */
class CopyOut implements Submittable {
  readonly #text: string
  readonly #chunks: Buffer[]
  callback: (error: Error | null) => void

  constructor(text: string, chunks: Buffer[], callback: (error: Error | null) => void) {
    this.#text = text
    this.#chunks = chunks
    this.callback = callback
  }

  submit(connection: Connection): void {
    connection.query(this.#text)
  }
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.#chunks.push(Buffer.from(chunk))
  }
  handleError(error: Error): void {
    this.callback(error)
  }
  handleReadyForQuery(): void {
    this.callback(null)
  }
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
}
