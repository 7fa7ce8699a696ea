import t from 'tap'
import { parse } from 'yaml'
import { loadConfig } from '../../src/config.ts'
import { ConfigFile } from '../../src/config-file.ts'
import * as catalogue from '../../src/errors.ts'
import { createMetrics } from '../../src/metrics.ts'
import { LOG_REFUSAL_REASONS, REFUSAL_REASONS } from '../../src/model/refusal.ts'
import { read } from './chart.ts'

const page = read('docs/operations.md')
const dashboard = JSON.parse(read('docs/grafana/workflow-trace.json'))

/** What stands in backticks in the rows of the table that begins with this heading: first cells only. */
function rowsOf(heading: string): string[] {
  const [, table = ''] = page.split(`\n${heading}`)
  const rows = table.split('\n\n', 1)[0]?.split('\n').slice(2) ?? []
  return rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''),
  )
}

/** Names of metrics in a query, without what a histogram adds to them. */
const metricsIn = (text: string) =>
  [...text.matchAll(/\b(trace|process|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_(bucket|sum|count)$/, ''),
  )

const { registry } = createMetrics()
const metrics = registry.getMetricsAsArray().map(({ name }) => name)
const ours = metrics.filter((name) => name.startsWith('trace_'))

t.test('every variable is in the table, and none that does not exist', async (t) => {
  const variables = new Set<string>()
  loadConfig({ env: new Proxy({}, { get: (_, name) => void variables.add(String(name)) }) })
  t.strictSame(rowsOf('| variable |').sort(), [...variables].sort())
  for (const key of Object.keys(ConfigFile.properties)) t.match(page, `\`${key}\``, key)
})

t.test('every metric is in the table, and none that does not exist', async (t) => {
  t.strictSame(rowsOf('| metric |').sort(), ours.sort())
})

t.test('every error is in the table with its status, every reason of a refusal too', async (t) => {
  const errors = Object.values(catalogue).map((make) => new make())
  t.strictSame(rowsOf('| code |').sort(), errors.map(({ code }) => code).sort())
  for (const { code, statusCode } of errors) {
    const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${code}\``))
    t.match(row, `| ${statusCode} |`, code)
  }
  t.strictSame(rowsOf('| reason of a refused span |').sort(), [...REFUSAL_REASONS].sort())
  t.strictSame(rowsOf('| reason of a refused log record |').sort(), [...LOG_REFUSAL_REASONS].sort())
})

t.test('every command is in the table', async (t) => {
  const [, list = ''] = /const commands = new Map<[^\n]*\(\[([\s\S]*?)\n\]\)/.exec(read('src/cli.ts')) ?? []
  const commands = [...list.matchAll(/\['([a-z-]+)',/g)].map(([, name]) => name)
  const named = rowsOf('| command |').map((row) => row.split(' ', 1)[0])
  t.strictSame([...new Set(named)].sort(), commands.sort())
})

t.test('alerts and dashboard ask for metrics that exist', async (t) => {
  const [, block = ''] = /```yaml\n(groups:[\s\S]*?)```/.exec(page) ?? []
  const rules: { alert: string; expr: string; annotations: { summary: string } }[] =
    parse(block).groups[0].rules
  t.ok(rules.length > 0)
  for (const { alert, expr, annotations } of rules) {
    t.ok(metricsIn(expr).length > 0 && annotations.summary.length > 0, alert)
    for (const name of metricsIn(expr)) t.ok(metrics.includes(name), `${alert}: ${name}`)
  }
  const queries: string[] = dashboard.panels.flatMap((panel: { targets: { expr: string }[] }) =>
    panel.targets.map(({ expr }) => expr),
  )
  t.ok(queries.length > 0)
  for (const query of queries)
    for (const name of metricsIn(query)) t.ok(metrics.includes(name), `dashboard: ${name}`)
})
