import t from 'tap'
import { loadConfig } from '../../src/config.ts'
import { someTimeNs, span } from '../helpers/span.ts'
import { realService } from './real-service.ts'
import { secret } from './service.ts'

const writer = { workspace: 'default', workflows: ['*'] }
const reader = { scope: 'traces:read' }

t.test(
  'links to dashboards are filled in, each value encoded; where none is configured there is none',
  async (t) => {
    const template =
      'https://d.example/{trace_id}/{span_id}?e={execution_id}&w={workflow_id}&from={from_ms}&to={to_ms}&x={x}'
    const dashboards = [
      { name: 'Everywhere', url: template, where: null },
      { name: 'Spans', url: 'https://s.example/{span_id}', where: 'span' as const },
    ]
    const config = { ...loadConfig({ env: { TRACE_JWT_SECRET: secret, HOST: '127.0.0.1' } }), dashboards }
    const service = await realService(t, {}, undefined, { config })
    const spans = [
      span('1', 'a', null, { executionId: 'run/1 &', workflowId: 'wf' }),
      span('1', 'b', 'a', { startNs: someTimeNs + 2_000_000n }),
    ]
    await service.store.writeSpans(writer, spans)
    const path = `/api/executions/${encodeURIComponent('run/1 &')}`
    const { json: summary } = await service.as(reader, 'GET', `${path}/trace/summary`)
    const from = someTimeNs / 1_000_000n
    const [trace, root, child] = ['1'.padStart(32, '0'), 'a'.padStart(16, '0'), 'b'.padStart(16, '0')]
    const filled = (id: string, begins: bigint, ends: bigint) =>
      `https://d.example/${trace}/${id}?e=run%2F1%20%26&w=wf&from=${begins}&to=${ends}&x={x}`
    t.same(summary.links, [{ name: 'Everywhere', url: filled(root, from, from + 4n) }])
    const { json: detail } = await service.as(reader, 'GET', `${path}/spans/${child}`)
    t.same(detail.dashboards, [
      { name: 'Everywhere', url: filled(child, from + 2n, from + 4n) },
      { name: 'Spans', url: `https://s.example/${child}` },
    ])
    const plain = await realService(t, {}, service.database)
    t.same((await plain.as(reader, 'GET', `${path}/trace/summary`)).json.links, [])
    t.same((await plain.as(reader, 'GET', `${path}/spans/${child}`)).json.dashboards, [])
  },
)
