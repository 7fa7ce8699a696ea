import type { Connection, PoolClient, Submittable } from 'pg'

/** `PGCOPY\n\377\r\n\0`, flags and the length of an extension: before the first row. */
const HEADER_BYTES = 19

/**
 * Runs `COPY … TO STDOUT (FORMAT binary)` and gives every row to `onRow` as it comes: the buffer, which is the
 * driver's and changes afterwards, and where the row's first value begins. A fraction of what rows of the ordinary
 * kind cost, on either side. Rejects with the driver's error, or with what `onRow` threw.
 */
export function copyOut(
  client: PoolClient,
  statement: string,
  onRow: (buffer: Buffer, at: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyOut(statement, onRow, (error) => (error ? reject(error) : resolve())))
  })
}

class CopyOut implements Submittable {
  /** pg wraps it to clear the query's timer, so every outcome goes through it. */
  callback: (error: Error | null) => void
  readonly #text: string
  readonly #onRow: (buffer: Buffer, at: number) => void
  #begun = false
  #failed: Error | null = null

  constructor(
    text: string,
    onRow: (buffer: Buffer, at: number) => void,
    callback: (error: Error | null) => void,
  ) {
    this.#text = text
    this.#onRow = onRow
    this.callback = callback
  }

  submit(connection: Connection): void {
    connection.query(this.#text)
  }

  /** The server sends each row as a message of its own, the header with the first one. */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    const from = this.#begun ? 0 : HEADER_BYTES
    this.#begun = true
    // the end: a row of −1 fields; an empty result is a header alone
    if (chunk.length < from + 2 || chunk.readInt16BE(from) === -1 || this.#failed !== null) return
    try {
      this.#onRow(chunk, from + 2)
    } catch (error) {
      this.#failed = error as Error
    }
  }

  handleError(error: Error): void {
    this.callback(error)
  }

  handleReadyForQuery(): void {
    this.callback(this.#failed)
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
}
