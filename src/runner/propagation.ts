import {
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { quietly } from './warnings.ts'

const propagator = new W3CTraceContextPropagator()

/** Adds `traceparent` (and `tracestate`) of a context to header fields. */
export function injectInto(
  headers: Record<string, string>,
  from: Context = context.active(),
): Record<string, string> {
  quietly(() => propagator.inject(from, headers, defaultTextMapSetter))
  return headers
}

/** The context that header fields of an incoming call name; the root context when they name none. */
export function extractFrom(headers: Record<string, string | string[] | undefined> | undefined): Context {
  if (!headers) return ROOT_CONTEXT
  return quietly(() => propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter)) ?? ROOT_CONTEXT
}
