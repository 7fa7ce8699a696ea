import type { TSchema } from 'typebox'

/** The chapters of the document, in this order. */
export const TAGS = {
  ingest: 'OpenTelemetry exports over HTTP: what runners send',
  workflows: 'Workflows, their executions, and statistics over many of them',
  executions: 'One execution: its tree, its spans, its totals, its stream',
  artifacts: 'Bytes that spans produced',
  administration: 'The audit log',
  page: 'The Trace tab and this description; open to everyone, because they hold no data',
} as const
type Tag = keyof typeof TAGS

/** Headers with what they say, or the names of some that `words.ts` knows. */
export type DescribedHeaders = Record<string, string> | readonly string[]

/** One answer of a route, beside or over what its schema says. */
export interface DescribedAnswer {
  description?: string
  headers?: DescribedHeaders
  /** Media types with their schemas; absent = JSON of the route's schema, or no body where there is none. */
  content?: Record<string, { schema: TSchema | object; [extension: `x-${string}`]: unknown }>
}

/**
 * What the document says of a route beyond its schema. A schema checks requests; this only tells what handlers read
 * and write themselves, such as bytes, streams and headers, and changes nothing that a route does.
 */
export interface Described {
  tag: Tag
  summary?: string
  description?: string
  query?: Record<string, TSchema>
  /** Of the request; all optional. */
  headers?: DescribedHeaders
  /** Media types of the body with their schemas. */
  body?: Record<string, { schema: TSchema | object }>
  answers?: Record<number, DescribedAnswer>
  /** Statuses of refusals that are not common to all routes of its kind. */
  refuses?: readonly number[]
  /** `status`: refusals are a `google.rpc.Status` in the encoding of the request; else problem documents. */
  refusedAs?: 'status'
  /** Basic credentials are taken too. */
  basic?: true
  /** It may be asked without a token as well. */
  open?: true
}

/** Bytes, for which JSON Schema has no type. */
export function binary(description: string): object {
  return { description, format: 'binary' }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For the OpenAPI document. null = left out of it. */
    described?: Described | null
  }
}
