import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Reading } from './reading.ts'

/** An execution that an answer is about. */
type About = Pick<Reading, 'found' | 'stale'>

/** Bytes of a tag: 128 bits. */
const TAG_BYTES = 16

/**
 * Lets a second look at an ended execution cost nothing: sets a weak ETag made of `of` (everything the answer
 * depends on) and true = the client has it already, answered with 304. What is about an execution that still runs, or
 * whose roll-up waits, gets none and is never stored.
 */
export function notModified(
  request: FastifyRequest,
  reply: FastifyReply,
  about: About | readonly About[],
  of: unknown,
): boolean {
  if (!isSettled(about)) {
    reply.header('cache-control', 'private, no-store')
    return false
  }
  const tag = tagOf(of)
  const vary = [reply.getHeader('vary') ?? [], 'authorization'].flat().join(', ')
  reply.header('cache-control', 'private, no-cache').header('vary', vary).header('etag', tag)
  const known = request.headers['if-none-match']
  if (known === undefined || !isAmong(tag, known)) return false
  reply.code(304)
  return true
}

/**
 * Whether the client names the tag of this answer, before the answer is made: it can only have it from an answer that
 * had one. Sets nothing.
 */
export function isKnown(request: FastifyRequest, about: About | readonly About[], of: unknown): boolean {
  const known = request.headers['if-none-match']?.trim()
  if (known === undefined || known === '*' || !isSettled(about)) return false
  return isAmong(tagOf(of), known)
}

const isSettled = (about: About | readonly About[]) =>
  [about].flat().every(({ found, stale }) => found.execution.status !== 'running' && !stale)

function tagOf(of: unknown): string {
  const hash = createHash('sha256').update(typeof of === 'string' ? of : JSON.stringify(of))
  return `W/"${hash.digest().subarray(0, TAG_BYTES).toString('base64url')}"`
}

/** The weak comparison of RFC 9110: `W/` does not count. */
function isAmong(tag: string, known: string): boolean {
  const bare = (one: string) => one.trim().replace(/^W\//, '')
  return known.trim() === '*' || known.split(',').some((one) => bare(one) === bare(tag))
}
