import fc from 'fast-check'
import t from 'tap'
import { allowsWorkflow, normalizePatterns } from '../../src/access/policy.ts'
import { realService } from '../http/real-service.ts'

const service = await realService(t)
const { as } = service

/** Few words, so that writers meet in workspaces, workflows, executions and traces. */
const WORKSPACES = ['w1', 'w2']
const WORKFLOWS = ['a', 'ab', 'b']
const EXECUTIONS = ['e1', 'e2']
const TRACES = ['1', '2', '3'].map((digit) => digit.repeat(32))
const IDS = EXECUTIONS.flatMap((id) => WORKFLOWS.map((workflow) => `${id}${workflow}`))
const GRANTS = [['*'], ['a'], ['a*'], ['b'], ['a', 'b']]

interface Sent {
  workspace: string
  grant: string[]
  workflow: string | null
  execution: string
  trace: string
  root: boolean
  /** An execution id as it is. */
  exact?: string
}

const sent = fc.record({
  workspace: fc.constantFrom(...WORKSPACES),
  grant: fc.constantFrom(...GRANTS),
  workflow: fc.option(fc.constantFrom(...WORKFLOWS)),
  execution: fc.constantFrom(...EXECUTIONS),
  trace: fc.constantFrom(...TRACES),
  root: fc.boolean(),
})

let count = 0

/** A span whose every text says who wrote it: `<workspace>|<grant>|<workflow>`. */
function bodyOf(one: Sent) {
  const mark = markOf(one)
  const id = (++count).toString(16).padStart(16, '0')
  const attributes = [
    { key: 'note', value: { stringValue: mark } },
    { key: 'input.value', value: { stringValue: mark } },
    { key: 'gen_ai.request.model', value: { stringValue: mark } },
    { key: 'gen_ai.usage.input_tokens', value: { intValue: '1' } },
    ...(one.workflow === null ? [] : [{ key: 'workflow.id', value: { stringValue: one.workflow } }]),
    ...(one.workflow === null
      ? []
      : [{ key: 'workflow.execution.id', value: { stringValue: executionOf(one) } }]),
  ]
  const span = {
    traceId: one.trace,
    spanId: id,
    ...(one.root ? {} : { parentSpanId: '00000000000000ff' }),
    name: mark,
    startTimeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
    endTimeUnixNano: String(BigInt(Date.now() + 1) * 1_000_000n),
    attributes,
    events: [{ name: mark, timeUnixNano: '1' }],
    status: { code: 2, message: mark },
  }
  return { resourceSpans: [{ scopeSpans: [{ scope: { name: mark }, spans: [span] }] }] }
}

/**
 * An execution has one workflow, and what a writer puts into it is its own, whatever workflow a span names: so here
 * each execution is of the workflow that its id ends in.
 */
const executionOf = (one: Sent) =>
  one.exact ?? (one.workflow === null ? '' : `${one.execution}${one.workflow}`)

const markOf = (one: Sent) => `<${one.workspace}|${normalizePatterns(one.grant)}|${one.workflow ?? '-'}>`

/** Everything that a reader may ask; each answer is searched for marks that are not his. */
const questions = [
  '/api/workflows',
  ...WORKFLOWS.map((workflow) => `/api/workflows/${workflow}/executions`),
  ...WORKFLOWS.map((workflow) => `/api/workflows/${workflow}/executions?q=${encodeURIComponent('<')}`),
  ...[...IDS, ...TRACES].flatMap((id) =>
    ['trace', 'trace?view=skeleton', `trace?view=skeleton&q=${encodeURIComponent('<')}`, 'trace/summary'].map(
      (rest) => `/api/executions/${id}/${rest}`,
    ),
  ),
  `/api/executions/${IDS[0]}/compare/${IDS[3]}`,
  ...IDS.map((id) => `/api/executions/${id}/trace/export`),
  ...WORKFLOWS.map((workflow) => `/api/workflows/${workflow}/stats`),
]

t.test('whatever writers do at once, readers see their workspace and workflows only', async (t) => {
  const run = fc.asyncProperty(
    fc.array(fc.array(sent, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
    fc.constantFrom(...WORKSPACES),
    fc.constantFrom(...GRANTS, ['x'], []),
    async (rounds, workspace, patterns) => {
      // Each round is sent at once: commits interleave.
      for (const round of rounds) {
        await Promise.all(
          round.map((one) =>
            as(
              { workspace: one.workspace, workflows: one.grant, scope: 'traces:write', sub: markOf(one) },
              'POST',
              '/v1/traces',
              bodyOf(one),
              { 'content-type': 'application/json' },
            ),
          ),
        )
      }
      const claims = { workspace, workflows: patterns, scope: 'traces:read content:read' }
      for (const path of questions) {
        // A subject for each question: the limit is not what this is about.
        const { status, text } = await as({ ...claims, sub: `${path}${count}${Math.random()}` }, 'GET', path)
        if (status >= 500) throw new Error(`${path}: ${status} ${text}`)
        for (const [mark, space, , workflow] of text.matchAll(/<([^|<>]*)\|([^|<>]*)\|([^|<>]*)>/g)) {
          if (space !== workspace) throw new Error(`${path}: ${mark} in ${workspace}`)
          if (workflow !== '-' && !allowsWorkflow(patterns, workflow as string)) {
            throw new Error(`${path}: ${mark} for ${patterns.join()}`)
          }
        }
        for (const [, workflow] of text.matchAll(/"workflow_id":"([^"]*)"/g)) {
          if (path === `/api/workflows/${workflow}/stats`) continue // it says what it was asked for
          if (!allowsWorkflow(patterns, workflow as string)) throw new Error(`${path}: workflow ${workflow}`)
        }
      }
    },
  )
  await fc.assert(run, { numRuns: 4 })
  t.pass('no mark of another realm or workflow')
})

t.test('nothing of another realm in one trace, and none of its counts', async (t) => {
  const trace = 'c'.repeat(32)
  const base = { workspace: 'w3', execution: '', exact: 'same', trace, root: true }
  const send = (one: Sent) =>
    as({ workspace: 'w3', workflows: one.grant, scope: 'traces:write' }, 'POST', '/v1/traces', bodyOf(one), {
      'content-type': 'application/json',
    })
  for (let i = 0; i < 3; i++) await send({ ...base, grant: ['a'], workflow: 'a' })
  for (let i = 0; i < 5; i++) await send({ ...base, grant: ['b'], workflow: 'b' })
  for (const [workflow, spans] of [
    ['a', 3],
    ['b', 5],
  ] as const) {
    const mine = { workspace: 'w3', workflows: [workflow], scope: 'traces:read' }
    const { json } = await as(mine, 'GET', '/api/executions/same/trace/summary')
    t.match(json, { workflow_id: workflow, span_count: spans, tokens: { input: spans } })
    const { json: list } = await as(mine, 'GET', '/api/workflows')
    t.match(list, [{ workflow_id: workflow, execution_count: 1 }])
    t.equal(list.length, 1)
    const { json: skeleton } = await as(mine, 'GET', `/api/executions/${trace}/trace?view=skeleton`)
    t.equal(skeleton.total, spans)
  }
})

t.test('ids that a secret rule replaced are found by what was sent', async (t) => {
  const secret = `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`
  const one = {
    workspace: 'w4',
    grant: ['*'],
    workflow: secret,
    execution: `run-${secret}-`,
    trace: 'd'.repeat(32),
    root: true,
  }
  await as({ workspace: 'w4', scope: 'traces:write' }, 'POST', '/v1/traces', bodyOf(one), {
    'content-type': 'application/json',
  })
  const mine = { workspace: 'w4', scope: 'traces:read' }
  const { status, text, json } = await as(
    mine,
    'GET',
    `/api/executions/run-${secret}-${secret}/trace/summary`,
  )
  t.equal(status, 200)
  t.notMatch(text, secret)
  t.match(json, { execution_id: /^redacted-[0-9a-f]{16}$/, workflow_id: /^redacted-[0-9a-f]{16}$/ })
  t.equal(
    (await as(mine, 'GET', `/api/executions/${json.execution_id}/trace`)).status,
    200,
    'and by what is stored',
  )
  t.equal((await as(mine, 'GET', `/api/workflows/${secret}/executions`)).json.length, 1)
  t.equal(
    (await as(mine, 'GET', `/api/executions/run-${secret}-${secret}/trace?workflow=${secret}`)).status,
    200,
  )
  const elsewhere = { ...mine, workspace: 'w1' }
  t.equal((await as(elsewhere, 'GET', `/api/executions/${json.execution_id}/trace`)).status, 404)
})

t.test('odd ids are missing, not errors', async (t) => {
  const mine = { scope: 'traces:read' }
  for (const id of [
    '%00',
    'a%00b',
    '%F0%9F%92%A9',
    '%EF%BF%BF',
    "'%20or%201=1--",
    '..%2f..',
    '%5C',
    'x'.repeat(900),
  ]) {
    const { status } = await as(mine, 'GET', `/api/executions/${id}/trace`)
    t.equal(status, 404, id.slice(0, 20))
    t.equal((await as(mine, 'GET', `/api/workflows/${id}/executions?q=${id.slice(0, 100)}`)).status, 200)
  }
  for (const query of [
    'from=9999-12-31T23:59:59Z',
    'to=0001-01-01T00:00:00Z',
    'min_duration_ms=1e300',
    'status=%00',
    'thread_id=%00',
    'q=%25_%5C',
    'cursor=x',
  ]) {
    const { status } = await as(mine, 'GET', `/api/workflows/a/executions?${query}`)
    t.ok(status === 200 || status === 400, `${query}: ${status}`)
  }
})
