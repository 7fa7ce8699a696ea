import type { Duplex } from 'node:stream'
import type { Connection, PoolClient, Submittable } from 'pg'

/** `PGCOPY\n\377\r\n\0`, no flags, no header extension. */
const HEADER = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex')
/** A row of −1 fields ends the data. */
const TRAILER = Buffer.from([0xff, 0xff])
/** The protocol's CopyDone message. */
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4])

/**
 * Runs one simple query of several statements, of which some are `COPY … FROM STDIN (FORMAT binary)`, each fed
 * with its buffers in order. PostgreSQL runs the statements of one simple query as one transaction, so this
 * resolves after COMMIT, in one round trip; when it rejects, nothing was stored.
 *
 * Our own, because pg-copy-streams crashes the process when the server errors in the middle of a COPY.
 */
export function copyIn(
  client: PoolClient,
  statements: string,
  feeds: readonly (readonly Buffer[])[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyIn(statements, feeds, (error) => (error ? reject(error) : resolve())))
  })
}

class CopyIn implements Submittable {
  /** pg wraps it to clear the query's timer, so every outcome goes through it. */
  callback: (error: Error | null) => void
  readonly #text: string
  readonly #feeds: (readonly Buffer[])[]

  constructor(text: string, feeds: readonly (readonly Buffer[])[], callback: (error: Error | null) => void) {
    this.#text = text
    this.#feeds = [...feeds]
    this.callback = callback
  }

  submit(connection: Connection): void {
    connection.query(this.#text)
  }

  handleCopyInResponse(connection: Connection & { stream: Duplex }): void {
    const { stream } = connection
    stream.cork()
    for (const chunk of [HEADER, ...(this.#feeds.shift() ?? []), TRAILER]) {
      const frame = Buffer.allocUnsafe(5)
      frame[0] = 0x64
      frame.writeInt32BE(chunk.length + 4, 1)
      stream.write(frame)
      stream.write(chunk)
    }
    stream.write(COPY_DONE)
    stream.uncork()
  }

  /** The driver calls it once, and does not call `handleReadyForQuery` afterwards. */
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
