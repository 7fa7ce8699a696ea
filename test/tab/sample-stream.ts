import type { FastifyReply } from 'fastify'
import type { SpansEvent, SummaryEvent } from '../../src/http/schemas/live.ts'
import { rowOf } from './sample-summary.ts'
import { type Sample, type SampleSpan, skeletonPage, traceId } from './sample-trace.ts'

/** The streams of the samples: what a test adds is told to who listens, and can be cut off. */
export interface SampleStreams {
  open: (sample: Sample, since: string, reply: FastifyReply) => void
  /** Adds a span below the root of a running sample: as the last, or as the first of what is there. */
  grow: (sample: Sample, name: string, place?: 'last' | 'first') => SampleSpan
  complete: (sample: Sample) => void
  /** Ends all streams; while `away`, none is opened. */
  cut: (away: boolean) => void
}

export function createStreams(): SampleStreams {
  const listeners = new Map<Sample, Set<FastifyReply>>()
  // What was told of each sample, so that a reader can go on where it stopped.
  const told = new Map<Sample, string[]>()
  let away = false
  const tell = (sample: Sample, event: string, data: object) => {
    const events = told.get(sample) ?? []
    told.set(sample, events)
    const text = `event: ${event}\nid: ${events.length + 1}\ndata: ${JSON.stringify(data)}\n\n`
    events.push(text)
    for (const reply of listeners.get(sample) ?? []) reply.raw.write(text)
  }
  return {
    open(sample, since, reply) {
      if (away) return void reply.raw.destroy()
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      reply.raw.write(': here\n\n')
      for (const text of (told.get(sample) ?? []).slice(Number(since) || 0)) reply.raw.write(text)
      const all = listeners.get(sample) ?? new Set()
      listeners.set(sample, all.add(reply))
      reply.raw.on('close', () => all.delete(reply))
    },
    grow(sample, name, place = 'last') {
      const start = place === 'first' ? 0 : Date.now() - sample.startedAt - 40
      const span: SampleSpan = {
        ...(sample.list[0] as SampleSpan),
        id: (0xf0000000 + sample.list.length).toString(16).padStart(16, '0'),
        parent: sample.list[0]?.id ?? null,
        depth: 1,
        name,
        kind: 'tool',
        state: 'ok',
        start,
        duration: 30,
      }
      const row = place === 'first' ? 1 : sample.list.length
      sample.list.splice(row, 0, span)
      const event: SpansEvent = {
        trace_ids: [traceId(sample)],
        total: sample.list.length,
        tree_version: String(sample.list.length),
        rows: [row],
        columns: skeletonPage(sample, row, 1).columns,
      }
      tell(sample, 'spans', event)
      return span
    },
    complete(sample) {
      sample.status = 'completed'
      sample.duration = Date.now() - sample.startedAt
      for (const span of sample.list) {
        if (span.duration !== null) continue
        span.duration = sample.duration - span.start
        span.state = 'ok'
      }
      const { realm: _r, completed_at: finished_at, inputs: _i, steps: _s, error: _e, ...row } = rowOf(sample)
      const event: SummaryEvent = {
        ...row,
        finished_at,
        llm_call_count: 0,
        tree_version: String(sample.list.length),
      }
      tell(sample, 'summary', event)
      tell(sample, 'complete', event)
    },
    cut(on) {
      away = on
      for (const all of listeners.values()) for (const reply of all) reply.raw.destroy()
    },
  }
}
