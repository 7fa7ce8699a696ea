import type { Summary } from '../../http/schemas/trace.ts'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import { BarRows, Legend, type Part } from './bar-rows.tsx'
import { Chart } from './chart.tsx'

type Model = Summary['by_model'][number]

const nameOf = (model: Model) => model.model ?? strings.unknownModel
const keyOf = (model: Model) => `${model.provider}/${model.model}`

/** What went into each model and what came out; what was read from a cache is a part of the input. */
export function TokensByModel({ models }: { models: Model[] }) {
  const { format } = useTab()
  const rows = models.map((model) => {
    const { input, output, cached_input: cached, total } = model.tokens
    return { model, input, output, cached, total }
  })
  const parts = (row: (typeof rows)[number]): Part[] => [
    { tone: 'input', value: Math.max(0, (row.input ?? 0) - (row.cached ?? 0)) },
    { tone: 'cached', value: row.cached ?? 0 },
    { tone: 'output', value: row.output ?? 0 },
  ]
  return (
    <Chart
      title={strings.tokensByModel}
      figures={{
        head: [
          strings.model,
          strings.calls,
          strings.tokensIn,
          strings.cachedInput,
          strings.tokensOut,
          strings.total,
        ],
        rows: rows.map((row) => [
          nameOf(row.model),
          row.model.calls,
          row.input,
          row.cached,
          row.output,
          row.total,
        ]),
        shown: rows.map((row) => [
          nameOf(row.model),
          format.count(row.model.calls),
          format.count(row.input),
          format.count(row.cached),
          format.count(row.output),
          format.count(row.total),
        ]),
      }}
    >
      <BarRows
        rows={rows.map((row) => ({
          key: keyOf(row.model),
          label: nameOf(row.model),
          parts: parts(row),
          value: format.compact(row.total),
        }))}
      />
      <Legend
        tones={[
          ['input', strings.uncached],
          ['cached', strings.cachedInput],
          ['output', strings.output_],
        ]}
      />
    </Chart>
  )
}

/** What each model cost; a model whose price is not known has a dash, not a 0. */
export function CostByModel({ models }: { models: Model[] }) {
  const { format } = useTab()
  const estimated = models.some((model) => model.cost.source !== 'reported' && model.cost.source !== null)
  const unknown = models.reduce((sum, model) => sum + model.cost.unknown_calls, 0)
  const notes = [
    estimated ? strings.estimated : null,
    unknown > 0 ? strings.unknownCalls(format.count(unknown)) : null,
  ]
  return (
    <Chart
      title={strings.costByModel}
      note={notes.filter(Boolean).join(', ')}
      figures={{
        head: [strings.model, strings.calls, `${strings.cost} (USD)`],
        rows: models.map((model) => [nameOf(model), model.calls, model.cost.amount]),
        shown: models.map((model) => [
          nameOf(model),
          format.count(model.calls),
          format.cost(model.cost.amount),
        ]),
      }}
    >
      <BarRows
        rows={models.map((model) => ({
          key: keyOf(model),
          label: nameOf(model),
          parts: [{ tone: 'cost', value: Number(model.cost.amount ?? 0) }],
          value: format.cost(model.cost.amount),
        }))}
      />
    </Chart>
  )
}
