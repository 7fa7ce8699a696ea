import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { NotFound } from '../errors.ts'
import type { FoundExecution } from '../store/find-execution.ts'
import type { ExecutionTree } from '../tree/execution-tree.ts'
import { readArtifacts } from './artifact-reading.ts'
import type { Parts } from './parts.ts'
import { realmNumber } from './present/execution.ts'
import { type View, viewOf } from './present/view.ts'
import type { ChooseQuery, ExecutionParams } from './schemas/requests.ts'

/** An execution that this reader may see, and how. */
export interface Reading {
  found: FoundExecution
  view: View
  /** Marks were pending that could not be settled in time. */
  stale: boolean
}

export interface TreeReading extends Reading {
  tree: ExecutionTree
}

/** A request for one execution. */
type ExecutionRequest = FastifyRequest & { query: Static<typeof ChooseQuery> }

/**
 * Finds the execution of the path through what the principal may see. Throws `NotFound` alike for what is missing
 * and what is out of reach; `id` where the path calls it otherwise. A pending roll-up that could not be settled in time is told by `x-trace-stale`.
 */
export async function findReading(
  parts: Parts,
  request: ExecutionRequest,
  reply: FastifyReply,
  id = (request.params as Static<typeof ExecutionParams>).execution,
): Promise<Reading> {
  const { principal } = request
  const { workflow, realm } = request.query
  const chosen = realmNumber(realm)
  const { value: found, stale } = await parts.store.read.execution(principal, id, {
    ...(workflow === undefined ? {} : { workflow: parts.config.aliases.get(workflow) ?? workflow }),
    ...(chosen === undefined ? {} : { realm: chosen }),
  })
  if (found === null) throw new NotFound()
  markStale(reply, stale)
  const redactor = await parts.redactorOf(principal.workspace)
  const artifacts = await readArtifacts(parts, principal, found)
  return { found, view: viewOf(principal, redactor, found.execution.workflowId, artifacts), stale }
}

/** The same with the whole tree: for what needs every span. */
export async function readExecution(
  parts: Parts,
  request: ExecutionRequest,
  reply: FastifyReply,
): Promise<TreeReading> {
  const reading = await findReading(parts, request, reply)
  return { ...reading, tree: await parts.store.read.tree(reading.found, reading.stale) }
}

export function markStale(reply: FastifyReply, stale: boolean): void {
  if (stale) reply.header('x-trace-stale', '1')
}
