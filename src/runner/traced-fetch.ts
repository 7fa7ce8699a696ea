import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import { keys } from './keys.ts'
import { injectInto } from './propagation.ts'
import type { Tracing } from './tracing.ts'
import { networkReason } from './transport.ts'
import { quietly } from './warnings.ts'
import { WorkflowSpan } from './workflow-span.ts'

type Target = string | URL | Request

/** Methods that HTTP knows; others are `_OTHER`, so that names stay few. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'])

/**
 * `fetch` with a downstream span around it and W3C trace context in its headers, when it runs inside an
 * execution. Result and errors are those of `fetch`; an answer of 400 and above marks the span, nothing else.
 */
export function tracedFetch(tracing: Tracing): typeof fetch {
  return async (input, init) => {
    const parent = tracing.activeSpan()
    const span =
      parent instanceof WorkflowSpan ? quietly(() => start(tracing, parent, input, init)) : undefined
    if (!span || !(parent instanceof WorkflowSpan)) return fetch(input, init)
    try {
      const traced = quietly(() => withContext(span, input, init)) ?? init
      // an instrumentation of fetch would open a second span for the same request
      const response = await context.with(suppressTracing(context.active()), () => fetch(input, traced))
      quietly(() => recordResponse(span, response))
      return response
    } catch (error) {
      quietly(() => recordError(span, error))
      throw error
    } finally {
      quietly(() => span.end())
    }
  }
}

function start(tracing: Tracing, parent: WorkflowSpan, input: Target, init?: RequestInit): Span {
  const method = (init?.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase()
  const url = new URL(input instanceof Request ? input.url : input)
  if (url.username) url.username = 'REDACTED'
  if (url.password) url.password = 'REDACTED'
  const known = METHODS.has(method)
  const port = url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80
  return tracing.tracer.startSpan(
    known ? method : 'HTTP',
    {
      kind: SpanKind.CLIENT,
      attributes: {
        [keys.executionId]: parent.executionId,
        [keys.workflowId]: parent.workflowId,
        [keys.spanKind]: 'downstream',
        'http.request.method': known ? method : '_OTHER',
        ...(known ? {} : { 'http.request.method_original': method }),
        'url.full': url.href,
        'url.scheme': url.protocol.slice(0, -1),
        'server.address': url.hostname,
        'server.port': port,
      },
    },
    context.active(),
  )
}

function withContext(span: Span, input: Target, init?: RequestInit): RequestInit {
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
  const fields = injectInto({}, trace.setSpan(context.active(), span))
  for (const [name, value] of Object.entries(fields)) headers.set(name, value)
  return { ...init, headers }
}

function recordResponse(span: Span, response: Response): void {
  span.setAttribute('http.response.status_code', response.status)
  const length = Number(response.headers.get('content-length') ?? Number.NaN)
  if (Number.isSafeInteger(length)) span.setAttribute('http.response.body.size', length)
  if (response.status < 400) return
  span.setAttribute('error.type', String(response.status))
  span.setStatus({ code: SpanStatusCode.ERROR })
}

function recordError(span: Span, error: unknown): void {
  span.setAttribute('error.type', networkReason(error))
  if (error instanceof Error) span.recordException(error)
  span.setStatus({ code: SpanStatusCode.ERROR, message: networkReason(error) })
}
