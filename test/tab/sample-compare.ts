import type { Comparison } from '../../src/http/schemas/compare.ts'
import { rowOf, summaryOf } from './sample-summary.ts'
import { artifact, type Sample } from './sample-trace.ts'

type Node = Comparison['nodes'][number]

/** Two samples side by side, by their nodes. */
export function comparisonOf(a: Sample, b: Sample): Comparison {
  const nodesA = new Map(summaryOf(a).by_node.map((node) => [node.node_id, node]))
  const nodesB = new Map(summaryOf(b).by_node.map((node) => [node.node_id, node]))
  const names = [...new Set([...nodesA.keys(), ...nodesB.keys()])]
  const callOf = (sample: Sample) => sample.list.find((span) => span.kind === 'llm')?.id ?? ''
  return {
    a: head(a),
    b: head(b),
    nodes: names.map((name, n): Node => {
      const one = nodesA.get(name)
      const two = nodesB.get(name)
      const changes: Node['changes'] = []
      if (!one) changes.push('added')
      if (!two) changes.push('removed')
      if (one && two) {
        if (two.calls > one.calls) changes.push('repeated')
        const ratio = two.duration_ms / one.duration_ms
        if (ratio > 1.2) changes.push('slower', 'dearer')
        else if (ratio < 0.8) changes.push('faster', 'cheaper')
        if (two.errors > one.errors) changes.push('status')
        if (n === 1) changes.push('prompt')
      }
      return {
        node_id: name,
        name,
        kind: 'node',
        depth: 1,
        changes,
        a: one ? side(one) : null,
        b: two ? side(two) : null,
        duration: one && two ? delta(one.duration_ms, two.duration_ms) : null,
        tokens: one && two ? delta(one.tokens.total ?? 0, two.tokens.total ?? 0) : null,
        cost: one && two ? delta(Number(one.cost.amount), Number(two.cost.amount)) : null,
        artifacts: n === 1 ? changedArtifact(two?.node_name ?? name) : [],
        prompts:
          one && two && n === 1
            ? [
                {
                  call: 0,
                  a_span_id: callOf(a),
                  b_span_id: callOf(b),
                  lines: [
                    { op: 'same', text: 'You answer customers of an outdoor shop.' },
                    { op: 'removed', text: 'Answer in one sentence.' },
                    { op: 'added', text: 'Answer in two sentences and say when the parcel arrives.' },
                  ],
                },
              ]
            : [],
      }
    }),
    notices: [],
  }
}

/** A report whose bytes are others. */
function changedArtifact(name: string): Node['artifacts'] {
  const report = artifact(name)
  return [
    {
      change: 'changed',
      a: report,
      b: { ...report, sha256: 'b1946ac92492d2347c6235b4d2611184', size: 9_310 },
    },
  ]
}

function head(sample: Sample): Comparison['a'] {
  const row = rowOf(sample)
  const { execution_id, workflow_id, status, duration_ms, span_count, error_count, tokens, cost, complete } =
    row
  return { execution_id, workflow_id, status, duration_ms, span_count, error_count, tokens, cost, complete }
}

function side(node: ReturnType<typeof summaryOf>['by_node'][number]): NonNullable<Node['a']> {
  return {
    runs: node.calls,
    errors: node.errors,
    state: node.errors > 0 ? 'error' : 'ok',
    duration_ms: node.duration_ms,
    tokens: node.tokens,
    cost: node.cost,
    artifacts: 0,
  }
}

function delta(a: number, b: number) {
  return { delta: b - a, ratio: a === 0 ? null : b / a }
}
