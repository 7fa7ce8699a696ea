import type { ServerHttp2Stream } from 'node:http2'
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js'

/** What grpc-js 1.14 has of a call and shows to nobody: where its frames come from, and what its message is packed with. */
interface InnerCall {
  stream: ServerHttp2Stream
  incomingEncoding: string
}

/** `grpc-encoding`s that the walk undoes itself. Others, in a message that is compressed, grpc-js refuses. */
const ours = ['gzip', 'deflate']

/** A call, seen from below. */
export interface Frames {
  /** Tells of every piece of the call's message as it arrives, its five bytes of framing included. */
  onBytes(take: (bytes: Buffer) => void): void
  /** Calls back once the call is over, whoever ended it. May call back when the caller still sends. */
  onClose(done: () => void): void
  /** The `grpc-status` that was answered; null = none, the caller went away. */
  answered(): number | null
  /** The codec that `grpc-encoding` names, when it is one of ours: then the message stays as it was sent. '' = none. */
  codec: string
}

/**
 * The frames of a call. Their message is kept from being inflated by grpc-js, which would do it before anybody could
 * ask if there is room for it: a hundred callers with 20 kB each would take gigabytes.
 */
export function framesOf(call: ServerInterceptingCallInterface): Frames {
  const inner = call as unknown as InnerCall
  const { stream, incomingEncoding } = inner
  const codec = ours.includes(incomingEncoding) ? incomingEncoding : ''
  if (codec !== '') inner.incomingEncoding = 'identity'
  return {
    codec,
    onBytes: (take) => void stream.on('data', take),
    onClose: (done) => void stream.once('close', done),
    answered() {
      const status = stream.sentTrailers?.['grpc-status'] ?? stream.sentHeaders?.['grpc-status']
      return status === undefined ? null : Number(status)
    },
  }
}
