import { type Html, html } from './html.ts'
import type { Schema } from './openapi.ts'

/** The type of a schema in a few words, with links to the components it names. */
export function typeOf(schema: Schema): Html {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
    return html`<a href="#schema-${name}">${name}</a>`
  }
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) {
    return html`${choices.map((one, i) => (i === 0 ? typeOf(one) : html` | ${typeOf(one)}`))}`
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`
  if (schema.type === 'array') return html`array of ${typeOf(schema.items ?? {})}`
  if (schema.format === 'binary') return html`bytes`
  return html`${[schema.type ?? 'any', ...boundsOf(schema)].join(', ')}`
}

function boundsOf({ minimum, maximum, maxLength, default: preset, format }: Schema): string[] {
  return [
    ...(format === undefined ? [] : [format]),
    ...(minimum === undefined ? [] : [`from ${minimum}`]),
    ...(maximum === undefined ? [] : [`to ${maximum}`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(preset === undefined ? [] : [`default ${String(preset)}`]),
  ]
}

/** The fields of a schema as a table, one level deep for each object inside it; nothing where it has none. */
export function fieldsOf(schema: Schema): Html {
  const rows = fieldRows(schema, '')
  if (rows.length === 0) return html`<p>${typeOf(schema)}</p>`
  return html`<div class="scroll"><table><thead><tr><th>field</th><th>type</th><th>meaning</th></tr></thead>
<tbody>${rows}</tbody></table></div>`
}

function fieldRows(schema: Schema, path: string): Html[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const optional = schema.required?.includes(name) ? '' : '?'
    const below = insideOf(field)
    const row = html`<tr><td><code>${path}${name}${optional}</code></td><td>${typeOf(field)}</td><td>${field.description ?? ''}</td></tr>
`
    return [row, ...(below === null ? [] : fieldRows(below.schema, `${path}${name}${below.suffix}`))]
  })
}

/** The object that a field holds, directly, in an array, or beside null. */
function insideOf(field: Schema): { schema: Schema; suffix: string } | null {
  if (field.properties !== undefined) return { schema: field, suffix: '.' }
  if (field.items?.properties !== undefined) return { schema: field.items, suffix: '[].' }
  const choice = field.anyOf?.find((one) => one.properties !== undefined)
  return choice === undefined ? null : { schema: choice, suffix: '.' }
}
