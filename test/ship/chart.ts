import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'

const root = resolve(import.meta.dirname, '../..')
/** The chart's folder. */
export const chart = resolve(root, 'helm/workflow-trace')

/** A file, by its path from the root of the repository. */
export const read = (path: string): string => readFileSync(resolve(root, path), 'utf8')
const inChart = (path: string): string => read(`helm/workflow-trace/${path}`)

// biome-ignore lint/suspicious/noExplicitAny: whatever YAML and JSON hold
type Loose = any

export const values: Loose = parse(inChart('values.yaml'))
export const valuesText = inChart('values.yaml')
export const schema: Loose = JSON.parse(inChart('values.schema.json'))
export const about: Loose = parse(inChart('Chart.yaml'))
/** All templates as one text. */
export const templates = readdirSync(resolve(chart, 'templates'))
  .map((name) => inChart(`templates/${name}`))
  .join('\n')

const program = 'helm'

/** Whether there is a `helm` on the PATH. */
export const helmIsThere = ((): boolean => {
  try {
    execFileSync(program, ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** The manifests of the chart with these values; throws what helm says. */
export function render(given: object): Loose[] {
  const args = ['template', 'trace', chart, '--kube-version', '1.34.0', '--namespace', 'obs', '--values', '-']
  const text = execFileSync(program, args, { input: JSON.stringify(given), encoding: 'utf8', stdio: 'pipe' })
  return text
    .split(/^---$/m)
    .map((document) => parse(document))
    .filter((document) => document !== null)
}
