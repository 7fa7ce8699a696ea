// Writes docs/conventions.md from src/normalize/families/: which attribute feeds which field, in which order.
// `tsx scripts/conventions-doc.ts` writes it; a test compares.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { families, orders } from '../src/normalize/families/index.ts'
import { type Family, type Feed, STAGES } from '../src/normalize/family.ts'
import { FIELDS, type Field } from '../src/normalize/fields.ts'

const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``
const keyOf = (feed: Feed) => (typeof feed === 'string' ? feed : feed.key)

/** A feed with what it does to its value, where that is more than reading it. */
function feedText(feed: Feed): string {
  if (typeof feed === 'string') return code(feed)
  if ('is' in feed) return `${code(feed.key)} present ⇒ ${feed.is}`
  if ('read' in feed) return `${code(feed.key)} (read by its family)`
  const values = Object.entries(feed.map).map(([from, to]) => (from === to ? to : `${from} → ${to}`))
  return `${code(feed.key)}: ${values.join(', ')}`
}

/** Families in the order in which they are asked for a field. */
function inOrder(field: Field): Family[] {
  const first = (orders[field] ?? []).map((name) => families.find((family) => family.name === name) as Family)
  return [...first, ...families.filter((family) => !first.includes(family))]
}

function sourcesOf(family: Family, field: Field): string[] {
  const inside = (
    holder: Readonly<Record<string, Readonly<Record<string, Field>>>> | undefined,
    join: string,
  ) =>
    Object.entries(holder ?? {}).flatMap(([key, paths]) => {
      const names = Object.entries(paths).flatMap(([path, target]) => (target === field ? [path] : []))
      if (names.length === 0) return []
      return [key === '' ? names.map(code).join(', ') : `${code(key)}${join}${names.map(code).join(', ')}`]
    })
  const names = Object.entries(family.spanNames ?? {}).flatMap(([name, fields]) =>
    fields[field] === undefined ? [] : [`span name ${code(name)} ⇒ ${fields[field]}`],
  )
  return [
    ...(family.fields?.[field] ?? []).map(feedText),
    ...inside(family.json, ' › '),
    ...inside(family.prefixes, ''),
    ...names,
  ]
}

function byField(): string[] {
  return FIELDS.flatMap((field) => {
    const rows = inOrder(field).flatMap((family) =>
      sourcesOf(family, field).map((source) => ({ family, source })),
    )
    if (rows.length === 0) return []
    return [
      `### ${field}`,
      '',
      '| | attribute | family |',
      '|---|---|---|',
      ...rows.map(({ family, source }, index) => `| ${index + 1} | ${source} | ${family.name} |`),
      '',
    ]
  })
}

function byFamily(): string[] {
  return families.map((family) => {
    const fields = FIELDS.filter((field) => sourcesOf(family, field).length > 0)
    const stages = STAGES.filter((stage) => family.messages?.some((reader) => reader.stage === stage))
    const also = [
      family.interpret === undefined ? '' : 'rules of its own',
      family.title === undefined ? '' : 'titles',
      family.quoted === undefined
        ? ''
        : `texts in JSON (${family.quoted.map((start) => code(start.endsWith('.') ? `${start}*` : start)).join(', ')})`,
      stages.length === 0 ? '' : `content (${stages.join(', ')})`,
    ].filter((word) => word !== '')
    const verified = family.verified ? 'yes' : 'no'
    return `| ${family.name} | ${verified} | ${fields.join(', ')} | ${also.join('; ')} | ${(family.content ?? []).map(code).join(', ')} |`
  })
}

/** The whole page. */
export function conventionsDoc(): string {
  const known = families.reduce(
    (sum, family) =>
      sum +
      Object.values(family.fields ?? {}).reduce((all, feeds) => all + new Set(feeds.map(keyOf)).size, 0),
    0,
  )
  return [
    '# Conventions',
    '',
    `Generated from \`src/normalize/families/\` by \`tsx scripts/conventions-doc.ts\`: do not edit. ${families.length} families,`,
    `${known} attributes. What a span says is read in one pass; for each field the first attribute below that holds something`,
    'usable counts, whatever library wrote it, and two conventions are never added. `key › path` is a path inside an attribute',
    'that holds JSON. Attributes that stand nowhere here are kept and shown; values of more than 1,000 characters among them',
    'count as content.',
    '',
    'The number that `GET …/spans/{id}` gives for tokens names its attribute in `token_sources`.',
    '',
    '## What no span tells',
    '',
    '- **Sampling** is told (notice `sampled`) where the tracestate says `ot=th:` or `ot=p:`, as the composite samplers of the',
    '  SDKs and of the Collector write it. Ratio samplers and tail sampling say nothing in what they keep. The sampled flag does not',
    '  help: on OTLP spans the JavaScript SDK always sets it, the Python SDK never does.',
    '- **Temporal’s Python SDK** marks the start and the end of a workflow by a span each: one that still runs, and one that was',
    '  cancelled, look like one that ended well.',
    '- **Flowise** writes no spans of a form of its own: those of OpenInference, by its own handler or LangChain’s instrumentation.',
    '  They are read as such (not verified against Flowise itself).',
    '',
    '## Families',
    '',
    'In their order of precedence. *Verified* = checked against spans that the library itself exported, not only against its',
    'documentation.',
    '',
    '| family | verified | fields | also | content is in |',
    '|---|---|---|---|---|',
    ...byFamily(),
    '',
    'Content is looked for in this order, per side, and the first that has something wins:',
    `${STAGES.join(', ')}.`,
    '',
    '## Fields',
    '',
    ...byField(),
  ]
    .join('\n')
    .replace(/\n+$/, '\n')
}

/** Where the page is. */
export const page = new URL('../docs/conventions.md', import.meta.url)

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, conventionsDoc())
