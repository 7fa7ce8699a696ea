import {
  type Metadata,
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
} from '@grpc/grpc-js'
import type { Principal, Scope } from '../model/principal.ts'
import { statusOf } from './status.ts'

/**
 * Authenticates calls from their metadata alone, before a byte of a message is inflated. Who asks is kept in
 * `principals` under the call's metadata.
 */
export function authentication(
  principalOf: (authorization: string | undefined, scope: Scope) => Promise<Principal>,
  principals: WeakMap<Metadata, Principal>,
): ServerInterceptor {
  return (_method, call) => {
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const [authorization] = metadata.get('authorization')
        principalOf(authorization?.toString(), 'traces:write').then(
          (principal) => {
            principals.set(metadata, principal)
            next(metadata)
          },
          (error: unknown) => call.sendStatus(refusal(error)),
        )
      })
      .build()
    const responder = new ResponderBuilder().withStart((next) => next(listener)).build()
    return new ServerInterceptingCall(call, responder)
  }
}

function refusal(error: unknown) {
  const { code = 13, details = '', metadata = null } = statusOf(error)
  return { code, details, metadata }
}
