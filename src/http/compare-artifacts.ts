import { spanKey } from '../store/load-spans.ts'
import { type ArtifactChange, artifactChanges } from '../tree/artifact-changes.ts'
import type { AlignedNode, NodeRuns } from '../tree/compare.ts'
import type { Parts } from './parts.ts'
import { compareSpanArtifacts, presentUpload, withoutHash } from './present/artifact.ts'
import type { Reading } from './reading.ts'
import type { Artifact } from './schemas/common.ts'

/** Spans of one execution whose artifacts are compared, and changes that are listed of one node. */
const SPANS = 1_000
const CHANGES = 200

/** The artifacts of nodes in two executions. */
export interface ComparedArtifacts {
  /** How many each side has, and what is different. */
  of(node: AlignedNode): { a: number; b: number; changes: ArtifactChange<Artifact>[] }
  /** Not all were looked at. */
  cut: boolean
}

/** Each side as its reader may see it: references with the bytes that came for them, and uploads that name a span. */
export async function compareArtifacts(
  parts: Parts,
  a: Reading,
  b: Reading,
  nodes: readonly AlignedNode[],
): Promise<ComparedArtifacts> {
  const [ofA, ofB] = [
    await artifactsOf(
      parts,
      a,
      nodes.map((node) => node.a),
    ),
    await artifactsOf(
      parts,
      b,
      nodes.map((node) => node.b),
    ),
  ]
  const list = (found: typeof ofA, runs: NodeRuns | null) =>
    runs === null ? [] : (found.lists.get(runs) ?? [])
  return {
    of(node) {
      const [before, after] = [list(ofA, node.a), list(ofB, node.b)]
      // By their hashes, which not every reader is told: that something changed is structure, as it is of prompts.
      const changes = artifactChanges(before, after).slice(0, CHANGES)
      const told = (one: Artifact | null, { view }: Reading) => (one === null ? null : withoutHash(one, view))
      return {
        a: before.length,
        b: after.length,
        changes: changes.map((one) => ({ a: told(one.a, a), b: told(one.b, b) })),
      }
    },
    cut: ofA.cut || ofB.cut,
  }
}

async function artifactsOf({ store }: Parts, { found, view }: Reading, nodes: readonly (NodeRuns | null)[]) {
  const { uploads } = view.artifacts
  const named = new Set(Array.from(uploads.values(), (upload) => upload.spanId))
  const runs = nodes.filter((node) => node !== null)
  const having = runs.flatMap((node) =>
    node.members
      .filter((span) => span.artifactCount > 0 || named.has(span.spanId))
      .map((span) => ({ node, span })),
  )
  const looked = having.slice(0, SPANS)
  const references = await store.artifacts.references(
    found.execution.realm,
    looked.map(({ span }) => span),
  )
  const lists = new Map<NodeRuns, Artifact[]>()
  const add = (node: NodeRuns, artifacts: Artifact[]) => {
    lists.set(node, [...(lists.get(node) ?? []), ...artifacts])
  }
  for (const { node, span } of looked) {
    const own = references.get(spanKey(span)) ?? []
    add(node, compareSpanArtifacts(own, span.spanId, view))
  }
  // what came for the execution as a whole belongs to its root
  const [root] = runs
  const whole = [...uploads.values()].filter((upload) => upload.spanId === null && !upload.referenced)
  if (root !== undefined && whole.length > 0) {
    const shown = whole.map((upload) => presentUpload(upload, view))
    add(root, shown)
  }
  return { lists, cut: looked.length < having.length }
}
