import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { Stopping, Unauthenticated } from '../../errors.ts'
import { limits } from '../../limits.ts'
import type { LiveSource } from '../../live/execution-watch.ts'
import { readPosition } from '../../live/position.ts'
import { Watches } from '../../live/watches.ts'
import { treeRows } from '../../tree/tree-row.ts'
import { LiveStream } from '../live-stream.ts'
import type { Parts } from '../parts.ts'
import { findReading } from '../reading.ts'
import { ReconnectEvent, ResetEvent, SpansEvent, SummaryEvent } from '../schemas/live.ts'
import { ChooseQuery, ExecutionParams } from '../schemas/requests.ts'

/** Milliseconds, 24 days: Fastify has no word for "never", and a stream ends itself. */
const NEVER_MS = 2_147_483_647

const Query = Type.Intersect([
  ChooseQuery,
  Type.Object({
    since: Type.Optional(
      Type.String({ maxLength: 64, description: "a skeleton's `stream_from`, or the id of the last event" }),
    ),
  }),
])

/** An execution as it happens: server-sent events, read by fetch with the reader's token. */
export const stream: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  const open = new Set<LiveStream>()
  const watches = new Watches(liveSource(parts), limits.watch)
  let stopping = false
  const endAll = () => {
    stopping = true
    for (const one of open) one.reconnect('stopping')
    open.clear()
  }
  // a drain begins before the listener closes: readers go elsewhere at once
  const drain = setInterval(() => parts.draining() && endAll(), limits.watch.pollMs)
  drain.unref()
  app.addHook('preClose', async () => {
    clearInterval(drain)
    endAll()
  })

  app.get(
    '/api/executions/:execution/trace/stream',
    {
      handlerTimeout: NEVER_MS,
      config: {
        described: {
          tag: 'executions',
          answers: {
            200: {
              description:
                'Events until the execution has ended. A comment comes every few seconds, so that a dead connection is noticed.',
              headers: ['x-trace-stale'],
              content: {
                'text/event-stream': {
                  schema: {
                    type: 'string',
                    description: 'server-sent events, each with `id`, `event` and JSON as `data`',
                  },
                  'x-events': {
                    spans: SpansEvent,
                    summary: SummaryEvent,
                    reset: ResetEvent,
                    complete: SummaryEvent,
                    reconnect: ReconnectEvent,
                  },
                },
              },
            },
          },
          refuses: [404],
        },
      },
      schema: {
        summary: 'The trace of an execution as it happens, as server-sent events',
        description:
          'Events: `spans` (rows added or changed, as skeleton columns), `summary`, `reset` (what was missed, or not read in time, is not told: read the skeleton again, the stream goes on from there), `complete` (the last one), `reconnect`. Goes on after `Last-Event-ID`, or `since`, in any process of the service: spans may come twice, none is left out.',
        produces: ['text/event-stream'],
        params: ExecutionParams,
        querystring: Query,
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 64 })) }),
      },
    },
    async (request, reply) => {
      if (stopping || parts.draining()) throw new Stopping()
      const { principal } = request
      const giveBack = watches.reserve(`${principal.workspace}\0${principal.subject}`)
      // the place is taken for as long as the connection is
      reply.raw.once('close', giveBack)
      try {
        const { found, view } = await findReading(parts, request, reply)
        const { authorization } = request.headers
        const token = { expiresMs: expiryOf(authorization), isGood: () => isGood(app, authorization) }
        const live = new LiveStream(parts, principal, view, token, reply.raw)
        open.add(live)
        reply.raw.once('close', () => open.delete(live))
        const given = request.headers['last-event-id'] ?? request.query.since
        const from = given === undefined ? null : (readPosition(given) ?? 'unknown')
        const leave = await watches.watch(found, live, from)
        if (reply.raw.closed) leave()
        else reply.raw.once('close', leave)
        reply
          .header('content-type', 'text/event-stream; charset=utf-8')
          .header('cache-control', 'private, no-store')
          .header('x-accel-buffering', 'no')
          // a stream that ends while the listener closes must not leave an idle connection behind
          .header('connection', 'close')
        return reply.send(live.body)
      } catch (error) {
        giveBack()
        throw error
      }
    },
  )
}

/** One look serves every watcher, so none of them may bound it: each stream bounds what it tells. */
function liveSource({ store }: Parts): LiveSource {
  const { read } = store
  return {
    current: (found) => store.asOwner(() => read.again(found)),
    order: (found) => store.asOwner(() => read.orderWithVersions(found)),
    async rows(found, order, rows) {
      const spans = await store.asOwner(() => read.rows(found, order, rows))
      return treeRows(order, rows, (_row, place) => spans[place])
    },
    storedSince: (found, since, most) => store.asOwner(() => read.storedSince(found, since, most)),
  }
}

/** False when a token that was good is not any more. What cannot be looked up now says nothing against it. */
async function isGood(app: FastifyInstance, authorization: string | undefined): Promise<boolean> {
  try {
    await app.principalOf(authorization, 'traces:read')
    return true
  } catch (error) {
    return !(error instanceof Unauthenticated)
  }
}

/** When the token ends, in Unix milliseconds. It was verified before; this only reads it again. */
function expiryOf(authorization: string | undefined): number {
  const claims = authorization?.split('.')[1] ?? ''
  const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { exp?: number }
  return typeof exp === 'number' ? exp * 1000 : 0
}
