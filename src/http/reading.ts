import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { NotFound } from '../errors.ts'
import type { FoundExecution } from '../store/find-execution.ts'
import type { ExecutionTree } from '../tree/execution-tree.ts'
import type { Parts } from './parts.ts'
import { realmNumber } from './present/execution.ts'
import { type View, viewOf } from './present/view.ts'
import type { ChooseQuery, ExecutionParams } from './schemas/requests.ts'

/** An execution that this reader may see, found and ready to be shown. */
export interface Reading {
  found: FoundExecution
  tree: ExecutionTree
  view: View
}

/**
 * Finds the execution of the path through what the principal may see, with its tree. Throws `NotFound` alike
 * for what is missing and what is out of reach. A pending roll-up that could not be settled in time is told by
 * `x-trace-stale`.
 */
export async function readExecution(
  parts: Parts,
  request: FastifyRequest & { params: Static<typeof ExecutionParams>; query: Static<typeof ChooseQuery> },
  reply: FastifyReply,
): Promise<Reading> {
  const { principal } = request
  const { workflow, realm } = request.query
  const chosen = realmNumber(realm)
  const { value: found, stale } = await parts.store.read.execution(principal, request.params.execution, {
    ...(workflow === undefined ? {} : { workflow: parts.config.aliases.get(workflow) ?? workflow }),
    ...(chosen === undefined ? {} : { realm: chosen }),
  })
  if (found === null) throw new NotFound()
  markStale(reply, stale)
  const redactor = await parts.redactorOf(principal.workspace)
  return {
    found,
    tree: await parts.store.read.tree(found.execution, stale),
    view: viewOf(principal, redactor, found.execution.workflowId),
  }
}

export function markStale(reply: FastifyReply, stale: boolean): void {
  if (stale) reply.header('x-trace-stale', '1')
}
