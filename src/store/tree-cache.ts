import type { ExecutionTree } from '../tree/execution-tree.ts'
import { executionKey } from '../tree/execution-tree.ts'
import type { ExecutionRecord } from './execution-record.ts'

/** Spans of all remembered trees together: about half a kilobyte each. */
const REMEMBERED_SPANS = 60_000

/** The trees that were read last, for the next page and the next look. A changed execution is read anew. */
export class TreeCache {
  readonly #trees = new Map<string, { version: string; tree: Promise<ExecutionTree>; spans: number }>()

  get(
    execution: ExecutionRecord,
    stale: boolean,
    load: () => Promise<ExecutionTree>,
  ): Promise<ExecutionTree> {
    if (stale) return load()
    const key = `${execution.realm}:${executionKey(execution.key)}`
    const known = this.#trees.get(key)
    if (known?.version === execution.version) {
      this.#trees.delete(key)
      this.#trees.set(key, known)
      return known.tree
    }
    const tree = load()
    this.#trees.set(key, { version: execution.version, tree, spans: execution.spanCount })
    tree.catch(() => this.#trees.delete(key))
    this.#evict()
    return tree
  }

  #evict(): void {
    let spans = 0
    for (const entry of this.#trees.values()) spans += entry.spans
    for (const [key, entry] of this.#trees) {
      if (spans <= REMEMBERED_SPANS) return
      this.#trees.delete(key)
      spans -= entry.spans
    }
  }
}
