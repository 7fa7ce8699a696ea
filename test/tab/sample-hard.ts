import { makeSample, type Sample, type SampleSpan } from './sample-trace.ts'

const LONG = 'reconcile_the_invoices_of_every_subsidiary_with_the_ledger_and_the_bank_statements_'
const RTL = 'فحص الطلب'
const RTL_TEXT = `مرحباً، طلبت خيمة Ridgeline 2 يوم الثلاثاء ولم تصل بعد.
هل يمكنكم إخباري أين الطرد NW-48213؟ شكراً.

שלום, ההזמנה (NW-48213) עדיין לא הגיעה: מה קורה איתה?`

type Row = Partial<SampleSpan> & Pick<SampleSpan, 'name' | 'kind' | 'depth'>

/** Executions that are hard to show: names and numbers of every size, other scripts, depth, many notices. */
export function hardSamples(workflow: string, now: number): Sample[] {
  return [names, numbers, deep, noticed].map((make, n) => {
    const { id, rows } = make()
    const list = spansOf(rows, (n + 100) * 0x100000)
    const duration = list[0]?.duration ?? 0
    const options = { id, workflow, spans: 1, startedAt: now - duration - n, seed: n + 100 }
    return { ...makeSample({ ...options, status: 'completed' }), list, duration }
  })
}

function spansOf(rows: Row[], first: number): SampleSpan[] {
  const open: SampleSpan[] = []
  return rows.map((row, n) => {
    const span: SampleSpan = {
      id: (first + n + 1).toString(16).padStart(16, '0'),
      parent: open[row.depth - 1]?.id ?? null,
      state: 'ok',
      start: n * 3,
      duration: Math.max(4, (rows.length - n) * 4),
      model: null,
      input: null,
      output: null,
      cost: null,
      artifacts: 0,
      notices: null,
      missing: null,
      sub: null,
      ...row,
    }
    open[row.depth] = span
    return span
  })
}

const call = (depth: number, more: Partial<SampleSpan> = {}): Row => ({
  name: 'chat gpt-4.1-mini',
  kind: 'llm',
  depth,
  model: 'gpt-4.1-mini',
  input: 900,
  output: 120,
  cost: '0.000552',
  ...more,
})

function names() {
  const model = `accounts/northwind-outdoor-europe/deployments/${LONG.slice(0, 60)}-v2-instruct`
  const rows: Row[] = [
    { name: LONG.repeat(3), kind: 'workflow', depth: 0 },
    { name: LONG.repeat(2), kind: 'node', depth: 1 },
    call(2, {
      name: `chat ${model}`,
      model,
      said: `${LONG.repeat(12)}\n\nhttps://example.test/${LONG.repeat(4)}`,
    }),
    { name: LONG, kind: 'tool', depth: 2, state: 'error' },
    { name: RTL, kind: 'node', depth: 1 },
    call(2, { said: RTL_TEXT }),
    { name: `${RTL} GET /v1/orders/42`, kind: 'tool', depth: 2 },
    { name: '退款审批流程与库存核对以及客户通知', kind: 'node', depth: 1 },
    call(2, { said: '请确认订单 NW-48213 的状态，并通知客户。👩‍👩‍👧‍👦🏕️' }),
    { name: ' ', kind: 'node', depth: 1 },
    { name: 'two\nlines\tand a tab', kind: 'node', depth: 1 },
  ]
  return { id: `hard-names-${LONG}`, rows }
}

function numbers() {
  const day = 86_400_000
  const rows: Row[] = [
    { name: 'backfill', kind: 'workflow', depth: 0, start: 0, duration: 11.4 * day },
    { name: 'plan', kind: 'node', depth: 1, start: 0, duration: 0.000_012 },
    call(2, { start: 0, duration: 0.000_005, input: 0, output: 0, cost: '0' }),
    call(2, { start: 0.000_006, duration: 0.000_4, input: 1, output: 1, cost: '0.0000012' }),
    { name: 'embed everything', kind: 'node', depth: 1, start: 1, duration: 11.3 * day },
    call(2, {
      start: 2,
      duration: 3.2 * day,
      input: 1_000_000_000_000,
      output: 987_654_321_012,
      cost: '12345.67',
    }),
    call(2, { start: 3.3 * day, duration: 59_999, input: 128_000, output: 4_096, cost: '0.99951' }),
    call(2, { start: 4 * day, duration: 999.6, input: null, output: null, cost: null }),
    { name: 'wait for approval', kind: 'node', depth: 1, start: 5 * day, duration: 6.39 * day },
  ]
  return { id: 'hard-numbers', rows }
}

function deep() {
  const rows: Row[] = [{ name: 'recursive agent', kind: 'workflow', depth: 0 }]
  for (let depth = 1; depth < 200; depth++)
    rows.push({ name: `delegate to agent ${depth}`, kind: depth % 2 ? 'agent' : 'node', depth })
  rows.push(call(200, { said: 'The innermost answer.' }))
  return { id: 'hard-deep', rows }
}

function noticed() {
  const rows: Row[] = [{ name: 'support-triage', kind: 'workflow', depth: 0 }]
  for (let n = 0; n < 3_000; n++)
    rows.push(call(1, { start: n * 4, duration: 3, notices: ['redacted', 'content_truncated'] }))
  return { id: 'hard-notices', rows }
}
