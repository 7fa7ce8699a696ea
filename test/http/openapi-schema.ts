import { Compile } from 'typebox/schema'
import type { OpenApi, Schema } from '../../src/http/openapi/openapi.ts'

/**
 * A check of values against a schema of the document. References are written out, and objects are closed: a field
 * that nobody described is a mistake too. Returns '' or what is wrong.
 */
export function checkOf(document: OpenApi, schema: Schema): (value: unknown) => string {
  const validator = Compile(closed(document, schema) as never)
  return (value) => {
    if (validator.Check(value)) return ''
    const [, errors] = validator.Errors(value)
    return JSON.stringify(errors.slice(0, 5))
  }
}

/** The component that a reference names. Throws when there is none. */
export function componentOf(document: OpenApi, ref: string): Schema {
  const schema = document.components.schemas[ref.replace('#/components/schemas/', '')]
  if (schema === undefined) throw new Error(`${ref} leads nowhere`)
  return schema
}

function closed(document: OpenApi, node: unknown): unknown {
  if (typeof node !== 'object' || node === null) return node
  if (Array.isArray(node)) return node.map((item) => closed(document, item))
  const { $ref, ...rest } = node as Schema & Record<string, unknown>
  if ($ref !== undefined) return closed(document, componentOf(document, $ref))
  const copy = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, closed(document, value)]))
  const open = !('properties' in copy) || 'additionalProperties' in copy
  return open ? copy : { ...copy, additionalProperties: false }
}

/** Every object of the document with the path to it. */
export function* nodesOf(node: unknown, path = '#'): Generator<[string, Record<string, unknown>]> {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) yield [path, node as Record<string, unknown>]
  for (const [key, value] of Object.entries(node)) yield* nodesOf(value, `${path}/${key}`)
}
