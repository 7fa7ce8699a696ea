import * as audit from '../schemas/audit.ts'
import * as common from '../schemas/common.ts'
import * as compare from '../schemas/compare.ts'
import * as erase from '../schemas/erase.ts'
import * as executions from '../schemas/executions.ts'
import * as live from '../schemas/live.ts'
import * as otlp from '../schemas/otlp.ts'
import * as trace from '../schemas/trace.ts'
import { componentWords, fieldWord } from './words.ts'

type Node = Record<string, unknown>
type Names = ReadonlyMap<string, string>

/** As much of an OpenAPI document as is rewritten here. */
interface Document {
  paths: Node
  components: { schemas: Record<string, Node> }
}

/** Every named shape of an answer or a body, by its name. */
export function componentSchemas(): Record<string, Node> {
  const modules = { ...audit, ...common, ...compare, ...erase, ...executions, ...live, ...otlp, ...trace }
  return Object.fromEntries(
    Object.entries(modules).filter(([, schema]) => typeof schema === 'object') as unknown as [string, Node][],
  )
}

/**
 * Refers to every component where it stands in the paths or in another component, says of every field what it
 * means, and leaves out the components that nothing refers to. Equal means equal as JSON.
 */
export function shareComponents(openapi: object): object {
  const document = openapi as unknown as Document
  const { schemas } = document.components
  const names = new Map(Object.entries(schemas).map(([name, schema]) => [JSON.stringify(schema), name]))
  const paths = shared(document.paths, names, '')
  const all = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const description = schema.description ?? componentWords.get(name)
      return [name, { ...(description === undefined ? {} : { description }), ...inside(schema, names, name) }]
    }),
  )
  const used = new Set<string>()
  const queue: unknown[] = [paths]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const name of namesIn(next)) {
      if (used.has(name)) continue
      used.add(name)
      queue.push(all[name])
    }
  }
  const kept = Object.entries(all).filter(([name]) => used.has(name))
  kept.sort(([a], [b]) => (a < b ? -1 : 1))
  return { ...document, paths, components: { ...document.components, schemas: Object.fromEntries(kept) } }
}

/** A copy that refers to the outermost component at every place. `owner` is the component it stands in. */
function shared(node: unknown, names: Names, owner: string): unknown {
  if (typeof node !== 'object' || node === null) return node
  if (Array.isArray(node)) return node.map((item) => shared(item, names, owner))
  const name = names.get(JSON.stringify(node))
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` }
  return inside(node as Node, names, owner)
}

function inside(node: Node, names: Names, owner: string): Node {
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'properties' ? fields(value as Node, names, owner) : shared(value, names, owner),
    ]),
  )
}

function fields(properties: Node, names: Names, owner: string): Node {
  return Object.fromEntries(
    Object.entries(properties).map(([field, schema]) => {
      const copy = shared(schema, names, owner) as Node
      const description = copy.description ?? choiceWord(copy) ?? fieldWord(owner, field)
      return [field, description === undefined ? copy : { ...copy, description }]
    }),
  )
}

/** What a field that may be null says of its value. */
function choiceWord({ anyOf }: Node): unknown {
  return (anyOf as Node[] | undefined)?.find((choice) => choice.description !== undefined)?.description
}

function* namesIn(node: unknown): Generator<string> {
  for (const [, name] of JSON.stringify(node).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
    yield name as string
  }
}
