import type { Context } from './contexts.ts'
import type { Rows } from './copy-row.ts'
import type { EncodedBatch, RowBatch } from './encode-batch.ts'

/** A batch on its way from the thread that encoded it to the one that stores it. */
export interface SentBatch {
  /** The rows, from its start; to be transferred. */
  memory: ArrayBuffer
  /** Where each row ends. */
  ends: Uint32Array<ArrayBuffer>
  marks: Uint8Array<ArrayBuffer>
  messages: Uint8Array<ArrayBuffer>
  contexts: Context[]
  named: ReadonlyMap<string, ReadonlySet<string>>
  erasuresKnown: bigint
}

/** Makes a batch ready to be sent; nothing may use it any more. */
export function sendBatch({ spans, marks, messages, contexts, ...rest }: EncodedBatch): SentBatch {
  return {
    ends: Uint32Array.from(spans.ends),
    memory: spans.handOver(),
    marks: new Uint8Array(marks),
    messages: new Uint8Array(messages),
    contexts: [...contexts.values()],
    ...rest,
  }
}

/** A batch as it came. `giveBack` is handed the memory of its rows once they are stored. */
export function receiveBatch(
  { memory, ends, marks, messages, contexts, ...rest }: SentBatch,
  giveBack: (memory: ArrayBuffer) => void,
): RowBatch {
  return {
    spans: new ReceivedRows(memory, ends, giveBack),
    marks: Buffer.from(marks.buffer),
    messages: Buffer.from(messages.buffer),
    contexts: new Map(contexts.map((context) => [context.key, context])),
    ...rest,
  }
}

class ReceivedRows implements Rows {
  readonly #ends: Uint32Array
  readonly #giveBack: (memory: ArrayBuffer) => void
  #memory: ArrayBuffer
  #abandoned = false

  constructor(memory: ArrayBuffer, ends: Uint32Array, giveBack: (memory: ArrayBuffer) => void) {
    this.#memory = memory
    this.#ends = ends
    this.#giveBack = giveBack
  }

  get length(): number {
    return this.#ends.length
  }

  get byteLength(): number {
    return this.#endOf(this.length)
  }

  slice(from = 0, to = this.length): Buffer {
    const start = this.#endOf(from)
    return Buffer.from(this.#memory, start, this.#endOf(to) - start)
  }

  abandon(): void {
    this.#abandoned = true
  }

  release(): void {
    if (!this.#abandoned) this.#giveBack(this.#memory)
    this.#abandoned = true
    this.#memory = NOTHING
  }

  /** Where the rows before `row` end. */
  #endOf(row: number): number {
    return row === 0 ? 0 : (this.#ends[row - 1] as number)
  }
}

const NOTHING = new ArrayBuffer(0)
