import type { Readable } from 'node:stream'
import {
  type Metadata,
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
} from '@grpc/grpc-js'
import type { Admission, Ticket } from '../ingest/admission.ts'
import type { Principal, Scope } from '../model/principal.ts'
import { statusOf } from './status.ts'

/** A call whose caller is known, and the bytes that it holds. */
export interface Admitted {
  principal: Principal
  ticket: Ticket
  /** Bytes of the message that came so far, as they came: compressed, with five of framing. */
  received: number
  /** True once its work began: then that gives the bytes back, whatever becomes of the caller. */
  working: boolean
}

/**
 * Authenticates and admits calls from their metadata alone, before a byte of a message is read, and counts the
 * message as it comes, so that what is on its way is in the budget too. Who asks, and the ticket, are kept in
 * `admitted` under the call's metadata.
 */
export function authentication(
  principalOf: (authorization: string | undefined, scope: Scope) => Promise<Principal>,
  admission: Admission,
  admitted: WeakMap<Metadata, Admitted>,
): ServerInterceptor {
  return (_method, call) => {
    let entry: Admitted | null = null
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const [authorization] = metadata.get('authorization')
        principalOf(authorization?.toString(), 'traces:write')
          .then((principal) => {
            const ticket = admission.open(`${principal.workspace}\0${principal.subject}`)
            entry = { principal, ticket, received: 0, working: false }
            admitted.set(metadata, entry)
            count(call, entry)
            next(metadata)
          })
          .catch((error: unknown) => call.sendStatus(refusal(error)))
      })
      .withOnCancel(() => {
        if (entry?.working === false) entry.ticket.release()
      })
      .build()
    const responder = new ResponderBuilder().withStart((next) => next(listener)).build()
    return new ServerInterceptingCall(call, responder)
  }
}

/** Frames are not shown to interceptors; the call has the stream that they come from (grpc-js 1.14). */
function count(call: Parameters<ServerInterceptor>[1], entry: Admitted): void {
  const { stream } = call as unknown as { stream?: Readable }
  stream?.on('data', (bytes: Buffer) => {
    entry.received += bytes.length
    try {
      entry.ticket.grow(bytes.length)
    } catch (error) {
      entry.ticket.release()
      call.sendStatus(refusal(error))
    }
  })
}

function refusal(error: unknown) {
  const { code = 13, details = '', metadata = null } = statusOf(error)
  return { code, details, metadata }
}
