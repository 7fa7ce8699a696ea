import t from 'tap'
import { allowsWorkflow } from '../../src/access/policy.ts'
import { span } from '../helpers/span.ts'
import { realService, written } from '../http/real-service.ts'

/** Ids and patterns that a database might read in its own way: as wildcards, by other case, by a language's order. */
const WORKFLOWS = [
  'a_b-1',
  'axb-1',
  'a%b',
  'ab',
  'A_B-1',
  '100%',
  '100x',
  'é',
  'e\u0301',
  '\\_',
  '\\x',
  'x*y',
  "x'y",
]
const PATTERNS = [
  'a_b*',
  'a%*',
  '100%*',
  'A*',
  'é*',
  'e*',
  '\\*',
  '\\_*',
  'x*',
  'x**',
  "x'*",
  'a_b',
  '%',
  '_',
  'a*',
  '*',
]

for (const rls of ['false', 'true']) {
  t.test(
    `the database holds to the patterns of a token as the policy does, row security ${rls}`,
    async (t) => {
      const { as, store } = await realService(t, { TRACE_RLS: rls })
      for (const [i, workflowId] of WORKFLOWS.entries()) {
        const id = String(i + 1)
        await written(store, 'default', ['*'], [span(id, id, null, { executionId: `run-${i}`, workflowId })])
      }
      for (const pattern of PATTERNS) {
        const reader = { sub: pattern, workflows: [pattern], scope: 'traces:read' }
        const seen = WORKFLOWS.filter((id) => allowsWorkflow([pattern], id))
        const { json } = await as(reader, 'GET', '/api/workflows')
        t.strictSame(
          json.map((row: { workflow_id: string }) => row.workflow_id).sort(),
          [...seen].sort(),
          `list: ${pattern}`,
        )
        for (const [i, workflow] of WORKFLOWS.entries()) {
          const { status } = await as(reader, 'GET', `/api/executions/run-${i}/trace/summary`)
          t.equal(status, seen.includes(workflow) ? 200 : 404, `${pattern} over ${workflow}`)
        }
      }
    },
  )
}
