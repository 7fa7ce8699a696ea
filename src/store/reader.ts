import { setTimeout as wait } from 'node:timers/promises'
import type { Principal } from '../model/principal.ts'
import type { Span } from '../model/span.ts'
import { type Analysis, analyse } from '../tree/analysis.ts'
import { buildOrder, type ExecutionOrder } from '../tree/execution-order.ts'
import { buildExecutionTree, type ExecutionTree, executionKey } from '../tree/execution-tree.ts'
import type { RowSpan, SlimSpan } from '../tree/slim-span.ts'
import { countedBits, countedRows } from '../tree/usage.ts'
import { callsBefore, MOST_CALLS } from './calls-before.ts'
import type { Database } from './database.ts'
import type { ExecutionRecord } from './execution-record.ts'
import { spansInBatches } from './export-spans.ts'
import {
  type FoundExecution,
  findAgain,
  findExecution,
  type Looked,
  storedTracesOf,
} from './find-execution.ts'
import { type ExecutionFilter, listExecutions, listWorkflows, type WorkflowRow } from './list-executions.ts'
import { type ExecutionShape, loadRows, loadWhole, WHOLE_SPANS } from './load-rows.ts'
import { loadSlimByKey, loadSlimSpans } from './load-slim.ts'
import { loadSpans, type SpanId, spanKey } from './load-spans.ts'
import { daysOf, loadStoredSince, loadStructure } from './load-structure.ts'
import { logsVersion } from './logs-version.ts'
import { type NewestFilter, newestExecutions } from './newest-executions.ts'
import type { Reach } from './reach.ts'
import type { Realms } from './realms.ts'
import type { Resting } from './resting.ts'
import { type Candidate, type SpanSearch, searchSpans } from './search-spans.ts'
import { settleExecution, settleWorkspace } from './settle-for-read.ts'
import { orUnavailable } from './unavailable.ts'
import { VersionedCache } from './versioned-cache.ts'
import { visibleExecutions, visibleRecords } from './visible-executions.ts'

/** An answer with a word on its freshness: stale = marks were pending that could not be settled in time. */
export interface Fresh<T> {
  value: T
  stale: boolean
}

/** Spans of all remembered trees together: about half a kilobyte each. */
const REMEMBERED_SPANS = 60_000
/** Rows of all remembered orders together: about eighty bytes each. */
const REMEMBERED_ROWS = 200_000
/** Rows of small executions with what they show, together: half a kilobyte each. */
const REMEMBERED_WHOLE_ROWS = 20_000
/** Analyses: some tens of kilobytes each at most. */
const REMEMBERED_ANALYSES = 300
/** Milliseconds that a read waits for the first roll-up of an execution that is not there yet: as long as one may lag. */
const NEW_MS = 2_000
/** Milliseconds between two looks for it. */
const AGAIN_MS = 50
/** Added to the weight of each, so that a flood of small ones is bounded too. */
const ENTRY_WEIGHT = 50

/**
 * Everything that readers ask of the database. Every method takes the principal and looks things up through the
 * workflows that it may see; what is out of reach is the same `null` as what is missing. Rejects with
 * `StoreUnavailable` while the database is away.
 */
export class Reader {
  readonly #database: Database
  readonly #realms: Realms
  readonly #resting: Resting
  readonly #trees = new VersionedCache<ExecutionTree>(REMEMBERED_SPANS)
  readonly #analyses = new VersionedCache<Analysis>(REMEMBERED_ANALYSES)
  readonly #orders = new VersionedCache<ExecutionOrder>(REMEMBERED_ROWS)

  readonly #shapes = new VersionedCache<ExecutionShape>(REMEMBERED_WHOLE_ROWS)

  constructor(database: Database, realms: Realms, resting: Resting) {
    this.#database = database
    this.#realms = realms
    this.#resting = resting
  }

  workflows(principal: Principal): Promise<Fresh<WorkflowRow[]>> {
    return this.#list(principal, (reach) => listWorkflows(this.#database.kysely, reach))
  }

  executions(principal: Principal, filter: ExecutionFilter): Promise<Fresh<ExecutionRecord[]>> {
    return this.#list(principal, (reach) => listExecutions(this.#database.kysely, reach, filter))
  }

  /** The newest executions of a workflow by their start, for statistics: those without a start are left out. */
  newestExecutions(principal: Principal, filter: NewestFilter): Promise<Fresh<ExecutionRecord[]>> {
    return this.#list(principal, (reach) => newestExecutions(this.#database.kysely, reach, filter))
  }

  /** The execution of an id, or of the trace whose id it is; `choose` when several realms have one. */
  async execution(
    principal: Principal,
    id: string,
    choose: { workflow?: string; realm?: number } = {},
  ): Promise<Fresh<FoundExecution | null>> {
    const look = () => findExecution(this.#database.read, principal, id, choose)
    return orUnavailable(this.#settled(look, id, async () => (await this.#reach(principal)).realms))
  }

  /** The spans of an execution in tree order; from memory when nothing changed since the last time. */
  tree(found: FoundExecution, stale: boolean): Promise<ExecutionTree> {
    const { execution, traceIds, traces } = found
    const days = stale ? undefined : daysOf(traces)
    const make = async () =>
      buildExecutionTree(
        await loadSlimSpans(this.#database.read, execution.realm, traceIds, days),
        execution.key,
      )
    return orUnavailable(this.#remembered(this.#trees, found, stale, make))
  }

  /** Which rows of the tree the totals are the sum of (`countedBits`). */
  async countedRows(found: FoundExecution, stale: boolean): Promise<Uint8Array> {
    if (found.execution.countedRows !== null) return found.execution.countedRows
    const tree = await this.tree(found, stale)
    return countedBits(tree, countedRows(tree))
  }

  /** What a summary needs of the tree; from memory when nothing changed since the last time. */
  analysis(found: FoundExecution, stale: boolean): Promise<Analysis> {
    const make = async () => analyse(await this.tree(found, stale))
    if (stale) return make()
    const { realm, key, version } = found.execution
    return this.#analyses.get(`${realm}:${executionKey(key)}`, version, 1, make)
  }

  /** The same of an execution whose record is at hand. */
  async analysisOf(execution: ExecutionRecord): Promise<Analysis> {
    return this.analysis(await this.#withTraces(execution), false)
  }

  /** The tree of an execution whose record is at hand. */
  async treeOf(execution: ExecutionRecord): Promise<ExecutionTree> {
    return this.tree(await this.#withTraces(execution), false)
  }

  /** The rows of an execution in tree order, without the spans; from memory when nothing changed. */
  order(found: FoundExecution, stale: boolean): Promise<ExecutionOrder> {
    return orUnavailable(this.#remembered(this.#orders, found, stale, () => this.#makeOrder(found, false)))
  }

  /** The same with what the rows show, where that is read together; from memory when nothing changed. */
  async shape(found: FoundExecution, stale: boolean): Promise<ExecutionShape> {
    const { execution, traces } = found
    const [trace] = traces
    const apart = async () => ({ order: await this.order(found, stale), spans: null })
    if (trace === undefined || traces.length > 1 || execution.spanCount > WHOLE_SPANS) return apart()
    const logged = stale || execution.loggedArtifacts
    const make = async () =>
      (await loadWhole(this.#database.read, execution.realm, execution.key, trace, logged)) ?? apart()
    return orUnavailable(this.#remembered(this.#shapes, found, stale, make))
  }

  /** What rows of an order show of their spans; null = the span is gone meanwhile. */
  rows(found: FoundExecution, order: ExecutionOrder, rows: ArrayLike<number>): Promise<(RowSpan | null)[]> {
    const { realm, loggedArtifacts } = found.execution
    return orUnavailable(
      loadRows(this.#database.read, realm, order, rows, daysOf(found.traces), loggedArtifacts),
    )
  }

  /** The same, never from memory, with a fingerprint of every stored span. */
  orderWithVersions(found: FoundExecution): Promise<ExecutionOrder> {
    return orUnavailable(this.#makeOrder(found, true))
  }

  /** Spans without content by `spanKey`; one that is not there is not in the answer. */
  async slimSpans(found: FoundExecution, ids: readonly SpanId[]): Promise<Map<string, SlimSpan>> {
    const { realm } = found.execution
    const spans = await orUnavailable(loadSlimByKey(this.#database.read, realm, ids, daysOf(found.traces)))
    return new Map(spans.map((span) => [spanKey(span), span]))
  }

  /** An execution that was found before, as it stands now: settled, without a look at who asks; null = gone. */
  again({ execution: { realm, key } }: FoundExecution): Promise<FoundExecution | null> {
    const look = () => findAgain(this.#database.read, realm, key)
    return orUnavailable(this.#settled(look, key.executionId, async () => [realm]).then(({ value }) => value))
  }

  /**
   * The spans of an execution's traces that transactions from `since` on stored: who saw the execution as it was before
   * that transaction has not seen them all. null = they are more than `most`.
   */
  storedSince(found: FoundExecution, since: bigint, most: number): Promise<SpanId[] | null> {
    const { execution, traces } = found
    return orUnavailable(loadStoredSince(this.#database.read, execution.realm, traces, since, most))
  }

  /** Of these spans, those that may match: the caller masks their texts and looks again. */
  search(found: FoundExecution, ids: readonly SpanId[], search: SpanSearch): Promise<Candidate[]> {
    return orUnavailable(
      searchSpans(this.#database.read, found.execution.realm, ids, daysOf(found.traces), search),
    )
  }

  /** Whole spans, content included, by their ids, under the days of their traces (every day, if not given); one that is not there is not in the answer. */
  spans(realm: number, ids: readonly SpanId[], days?: readonly string[]): Promise<Map<string, Span>> {
    return orUnavailable(loadSpans(this.#database.kysely, realm, ids, days))
  }

  /** Changes when the log records of an execution's traces do, which its own version does not tell. */
  logsVersion({ execution, traceIds }: FoundExecution): Promise<string> {
    return orUnavailable(logsVersion(this.#database.read, execution.realm, traceIds))
  }

  /**
   * The model calls that began last before a span: a few, the latest first. `own` tells which spans are of its
   * execution: in a shared trace, what others asked must not show.
   */
  async callsBefore(
    { execution, traces }: FoundExecution,
    span: SlimSpan,
    own: (id: SpanId) => boolean,
  ): Promise<Span[]> {
    const found = await orUnavailable(callsBefore(this.#database.read, execution.realm, traces, span))
    const ids = found.filter(own).slice(0, MOST_CALLS)
    const spans = await this.spans(execution.realm, ids, daysOf(traces))
    return ids.flatMap((id) => spans.get(spanKey(id)) ?? [])
  }

  /** Whole spans in the order of their ids, in batches that fit into memory; rejects in the middle with the driver's error. */
  batches(realm: number, ids: readonly SpanId[], days?: readonly string[]): AsyncGenerator<Span[]> {
    return spansInBatches(this.#database.read, this.#database.kysely, realm, ids, days)
  }

  /** Of these executions of a realm, the records of those that the principal may see. */
  async records(principal: Principal, realm: number, ids: readonly string[]): Promise<ExecutionRecord[]> {
    const reach = await this.#reach(principal)
    return orUnavailable(visibleRecords(this.#database.kysely, reach, realm, ids))
  }

  /** Of these execution ids of a realm, those that the principal may see, with their workflow. */
  async visible(principal: Principal, realm: number, ids: readonly string[]): Promise<Map<string, string>> {
    const reach = await this.#reach(principal)
    return orUnavailable(visibleExecutions(this.#database.kysely, reach, realm, ids))
  }

  async #withTraces(execution: ExecutionRecord): Promise<FoundExecution> {
    const traces = await orUnavailable(storedTracesOf(this.#database.read, execution))
    return {
      execution,
      traces,
      traceIds: traces.map((trace) => trace.traceId),
      uploads: true,
      asOf: 0n,
      others: [],
    }
  }

  async #makeOrder({ execution, traces }: FoundExecution, versions: boolean): Promise<ExecutionOrder> {
    const { realm, key } = execution
    return buildOrder(key, await loadStructure(this.#database.read, realm, key, traces, versions))
  }

  #remembered<T>(
    cache: VersionedCache<T>,
    { execution }: FoundExecution,
    stale: boolean,
    make: () => Promise<T>,
  ): Promise<T> {
    if (stale) return make()
    const key = `${execution.realm}:${executionKey(execution.key)}`
    return cache.get(key, execution.version, execution.spanCount + ENTRY_WEIGHT, make)
  }

  /** What was looked for, after what waits was settled; most look-ups find that nothing waits. */
  async #settled(
    look: () => Promise<Looked>,
    id: string,
    realms: () => Promise<readonly number[]>,
  ): Promise<Fresh<FoundExecution | null>> {
    const first = await look()
    if (!first.pending) return { value: first.found, stale: false }
    const until = performance.now() + NEW_MS
    for (;;) {
      const stale = await settleExecution(this.#database, await realms(), id, this.#resting)
      const { found } = await look()
      // what is new is not missing because its first roll-up takes longer than a read waits
      if (found === null && stale && performance.now() < until) {
        await wait(AGAIN_MS)
        continue
      }
      // what was committed between the looks may wait again; of what could not be settled nothing is sure
      return { value: found && { ...found, asOf: stale ? 0n : first.asOf }, stale }
    }
  }

  async #list<T>(principal: Principal, load: (reach: Reach) => Promise<T>): Promise<Fresh<T>> {
    return orUnavailable(
      (async () => {
        const reach = await this.#reach(principal)
        const stale = await settleWorkspace(this.#database, reach.realms, this.#resting)
        return { value: await load(reach), stale }
      })(),
    )
  }

  async #reach(principal: Principal): Promise<Reach> {
    return { realms: await this.#realms.ofWorkspace(principal.workspace), workflows: principal.workflows }
  }
}
