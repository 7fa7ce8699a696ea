import type { Principal } from '../model/principal.ts'
import type { Span } from '../model/span.ts'
import { buildExecutionTree, type ExecutionTree } from '../tree/execution-tree.ts'
import type { Database } from './database.ts'
import type { ExecutionRecord } from './execution-record.ts'
import { type FoundExecution, findExecution, tracesOf, visibleExecutions } from './find-execution.ts'
import { type ExecutionFilter, listExecutions, listWorkflows, type WorkflowRow } from './list-executions.ts'
import { loadSlimSpans } from './load-slim.ts'
import { loadSpans, type SpanId } from './load-spans.ts'
import type { Reach } from './reach.ts'
import type { Realms } from './realms.ts'
import { settleExecution, settleWorkspace } from './settle-for-read.ts'
import { TreeCache } from './tree-cache.ts'
import { orUnavailable } from './unavailable.ts'

/** An answer with a word on its freshness: stale = marks were pending that could not be settled in time. */
export interface Fresh<T> {
  value: T
  stale: boolean
}

/**
 * Everything that readers ask of the database. Every method takes the principal and looks things up through the
 * workflows that it may see; what is out of reach is the same `null` as what is missing. Rejects with
 * `StoreUnavailable` while the database is away.
 */
export class Reader {
  readonly #database: Database
  readonly #realms: Realms
  readonly #trees = new TreeCache()

  constructor(database: Database, realms: Realms) {
    this.#database = database
    this.#realms = realms
  }

  workflows(principal: Principal): Promise<Fresh<WorkflowRow[]>> {
    return this.#list(principal, (reach) => listWorkflows(this.#database.kysely, reach))
  }

  executions(principal: Principal, filter: ExecutionFilter): Promise<Fresh<ExecutionRecord[]>> {
    return this.#list(principal, (reach) => listExecutions(this.#database.kysely, reach, filter))
  }

  /** The execution of an id, or of the trace whose id it is; `choose` when several realms have one. */
  async execution(
    principal: Principal,
    id: string,
    choose: { workflow?: string; realm?: number } = {},
  ): Promise<Fresh<FoundExecution | null>> {
    return orUnavailable(
      (async () => {
        const reach = await this.#reach(principal)
        const stale = await settleExecution(this.#database, reach.realms, id)
        return { value: await findExecution(this.#database.kysely, reach, id, choose), stale }
      })(),
    )
  }

  /** The spans of an execution in tree order; from memory when nothing changed since the last time. */
  tree(execution: ExecutionRecord, stale: boolean): Promise<ExecutionTree> {
    return orUnavailable(
      this.#trees.get(execution, stale, async () => {
        const traces = await tracesOf(this.#database.kysely, execution)
        const spans = await loadSlimSpans(this.#database.read, execution.realm, traces)
        return buildExecutionTree(spans, execution.key)
      }),
    )
  }

  /** Whole spans, content included, by their ids; one that is not there is not in the answer. */
  spans(realm: number, ids: readonly SpanId[]): Promise<Map<string, Span>> {
    return orUnavailable(loadSpans(this.#database.kysely, realm, ids))
  }

  /** Of these execution ids of a realm, those that the principal may see, with their workflow. */
  async visible(principal: Principal, realm: number, ids: readonly string[]): Promise<Map<string, string>> {
    const reach = await this.#reach(principal)
    return orUnavailable(visibleExecutions(this.#database.kysely, reach, realm, ids))
  }

  async #list<T>(principal: Principal, load: (reach: Reach) => Promise<T>): Promise<Fresh<T>> {
    return orUnavailable(
      (async () => {
        const reach = await this.#reach(principal)
        const stale = await settleWorkspace(this.#database, reach.realms)
        return { value: await load(reach), stale }
      })(),
    )
  }

  async #reach(principal: Principal): Promise<Reach> {
    return { realms: await this.#realms.ofWorkspace(principal.workspace), workflows: principal.workflows }
  }
}
