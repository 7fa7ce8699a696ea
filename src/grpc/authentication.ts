import {
  type Metadata,
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from '@grpc/grpc-js'
import { TimedOut } from '../errors.ts'
import type { Admission, Ticket } from '../ingest/admission.ts'
import { limits } from '../limits.ts'
import type { Principal, Scope } from '../model/principal.ts'
import { type Frames, framesOf } from './inner-call.ts'
import { statusOf } from './status.ts'

/** A call whose caller is known, and the bytes that it holds. */
export interface Admitted {
  principal: Principal
  ticket: Ticket
  /** What its message is compressed with; '' = as it is, null = it says that it is and not how. */
  codec: string | null
  /** True once its work began: then that gives the bytes back, whatever becomes of the caller. */
  working: boolean
}

interface AuthenticationParts {
  /** The bearer of an `authorization` value. Rejects with Unauthenticated or ScopeMissing. */
  principalOf: (authorization: string | undefined, scope: Scope) => Promise<Principal>
  admission: Admission
  /** Told of every refusal that is made here. */
  refused: (route: string, error: unknown) => void
  /** Told of every call when it is over. */
  answered: (route: string, code: status, seconds: number) => void
}

/**
 * Authenticates and admits calls from their metadata alone, before a byte of a message is read, counts the message
 * as it comes, so that what is on its way is in the budget too, and answers every call in time, whether its message
 * came or not. Who asks, and the ticket, are kept in `admitted` under the call's metadata.
 */
export function authentication(
  { principalOf, admission, refused, answered }: AuthenticationParts,
  admitted: WeakMap<Metadata, Admitted>,
): ServerInterceptor {
  return ({ path }, call) => {
    const began = performance.now()
    const frames = framesOf(call)
    let entry: Admitted | null = null
    let over = false
    const refuse = (error: unknown) => {
      if (over) return
      refused(path, error)
      const { code = status.INTERNAL, details = '', metadata = null } = statusOf(error)
      call.sendStatus({ code, details, metadata })
    }
    const late = setTimeout(() => refuse(new TimedOut()), limits.handlerTimeoutMs)
    const end = () => {
      if (over) return
      over = true
      clearTimeout(late)
      if (entry?.working === false) entry.ticket.release()
      answered(path, frames.answered() ?? status.CANCELLED, (performance.now() - began) / 1000)
    }
    frames.onClose(end)
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const [authorization] = metadata.get('authorization')
        principalOf(authorization?.toString(), 'traces:write')
          .then((principal) => {
            // ended while its token was looked at: nobody would give a ticket back
            if (over) return
            const ticket = admission.open(`${principal.workspace}\0${principal.subject}`)
            entry = { principal, ticket, codec: '', working: false }
            admitted.set(metadata, entry)
            count(frames, entry, refuse)
            next(metadata)
          })
          .catch(refuse)
      })
      // also after an answer of ours, when the caller has not ended its message
      .withOnCancel(end)
      .build()
    const responder = new ResponderBuilder().withStart((next) => next(listener)).build()
    return new ServerInterceptingCall(call, responder)
  }
}

/** Holds what arrives, and notes from its first byte if the message is compressed. */
function count(frames: Frames, entry: Admitted, refuse: (error: unknown) => void): void {
  let first = true
  frames.onBytes((bytes) => {
    if (first) entry.codec = bytes[0] === 1 ? frames.codec || null : ''
    first = false
    try {
      entry.ticket.grow(bytes.length)
    } catch (error) {
      refuse(error)
    }
  })
}
