import type { Attributes } from '../model/attributes.ts'
import type { Resource, Scope, SpanEvent } from '../model/otlp.ts'
import { isInlineArtifact, type Notice, type Span } from '../model/span.ts'
import { redactAttributes } from './attributes.ts'
import { hideId, type Pass, startPass } from './pass.ts'
import * as plans from './plan.ts'
import type { Redactor } from './redactor.ts'
import type { RuleSet } from './rule-set.ts'

/** What a walk needs: the pass, the rules for structure, and the rules for content. */
interface Walk {
  pass: Pass
  structure: RuleSet
  content: RuleSet
}

export interface Redacted {
  /** The same object when nothing was found. */
  span: Span
  /** How often each rule removed something: for metrics. */
  counts: ReadonlyMap<string, number>
}

/**
 * A span without secrets, and without what its policy does not let in: to be called before anything is stored or
 * logged. `workflow` is the workflow that the caller knows the span to belong to; without it the span's own word
 * counts, and a span that says nothing falls under the strictest policy that might apply. The counts are told in a
 * notice. Never throws for a span of any content; a second redaction changes nothing.
 */
export function redactSpan(span: Span, redactor: Redactor, workflow: string | null = null): Redacted {
  const pass = startPass(redactor, workflow ?? span.workflowId ?? span.workflowName)
  const { personal, content } = pass.policy
  const structure = personal === 'ingest' ? redactor.everything : redactor.secrets
  const walk: Walk = { pass, structure, content: content === 'masked' ? redactor.everything : structure }

  let result = visit(span, spanSteps, walk)
  const own: Partial<Span> = {}
  replaceIn(own, 'artifacts', result.artifacts, (artifact) => visit(artifact, artifactSteps, walk))
  replaceIn(own, 'events', result.events, (event) => visit(event, eventSteps, walk))
  replaceIn(own, 'links', result.links, (link) => visit(link, linkSteps, walk))
  replaceIn(own, 'notices', result.notices, (notice) => visit(notice, noticeSteps, walk))
  const resource = visitShared(result.resource, resourceSteps, walk)
  if (resource !== result.resource) own.resource = resource
  const scope = visitShared(result.scope, scopeSteps, walk)
  if (scope !== result.scope) own.scope = scope
  if (result.cost !== null) {
    const cost = visit(result.cost, costSteps, walk)
    if (cost !== result.cost) own.cost = cost
  }
  for (const _ in own) {
    result = { ...result, ...own }
    break
  }
  if (content === 'none') result = withoutContent(result)
  if (pass.counts.size > 0) result = withCounts(result, pass.counts)
  return { span: result, counts: pass.counts }
}

interface Step {
  field: string
  decision: 'text' | 'id' | 'attributes' | 'content'
}

/** The fields of a plan that are read; the others are numbers, words of ours, hex, or visited on their own. */
function stepsOf(plan: Readonly<Record<string, string>>): Step[] {
  return Object.entries(plan).flatMap(([field, decision]) =>
    decision === 'text' || decision === 'id' || decision === 'attributes' || decision === 'content'
      ? [{ field, decision }]
      : [],
  )
}

const spanSteps = stepsOf(plans.spanPlan)
const artifactSteps = stepsOf(plans.artifactPlan)
const eventSteps = stepsOf(plans.eventPlan)
const linkSteps = stepsOf(plans.linkPlan)
const resourceSteps = stepsOf(plans.resourcePlan)
const scopeSteps = stepsOf(plans.scopePlan)
const noticeSteps = stepsOf(plans.noticePlan)
const costSteps = stepsOf(plans.costPlan)

/** Reads the fields of one record; copies it only when one of them changes. */
function visit<T extends object>(record: T, steps: readonly Step[], walk: Walk): T {
  let result: Record<string, unknown> | null = null
  for (let i = 0; i < steps.length; i++) {
    const { field, decision } = steps[i] as Step
    const value = (record as Record<string, unknown>)[field]
    if (value === null || value === undefined || value === '') continue
    const kept = keep(value, decision, walk)
    if (kept === value) continue
    result ??= { ...record } as Record<string, unknown>
    result[field] = kept
  }
  return result === null ? record : (result as T)
}

function keep(value: unknown, decision: Step['decision'], walk: Walk): unknown {
  if (decision === 'text') return walk.pass.text(value as string, walk.structure)
  if (decision === 'id') return hideId(value as string, walk.pass)
  return redactAttributes(
    value as Attributes,
    decision === 'content' ? walk.content : walk.structure,
    walk.pass,
  )
}

function replaceIn<K extends 'artifacts' | 'events' | 'links' | 'notices'>(
  own: Partial<Pick<Span, K>>,
  field: K,
  items: Span[K],
  read: (item: Span[K][number]) => Span[K][number],
): void {
  if (items.length === 0) return
  const kept = items.map(read)
  if (kept.some((item, index) => item !== items[index])) own[field] = kept as Span[K]
}

/** A resource or scope stands behind every span of a request: it is read once, and counted for each. */
function visitShared<T extends Resource | Scope>(record: T, steps: readonly Step[], walk: Walk): T {
  const { pass, structure } = walk
  const known = pass.redactor.shared.get(record)
  if (known !== undefined && known.set === structure) {
    for (const [rule, times] of known.counts) pass.count(rule, times)
    return known.value as T
  }
  const before = new Map(pass.counts)
  const value = visit(record, steps, walk)
  const counts = new Map<string, number>()
  for (const [rule, times] of pass.counts) {
    const more = times - (before.get(rule) ?? 0)
    if (more > 0) counts.set(rule, more)
  }
  // A result that was cut short by the clock is not a result for the next span.
  if (!counts.has('failed')) pass.redactor.shared.set(record, { set: structure, value, counts })
  return value
}

/**
 * `content: none`: prompts and responses are not stored, nor what events other than errors carry, nor hashes, which tell
 * the content to whoever guesses it.
 */
function withoutContent(span: Span): Span {
  const carries = (event: SpanEvent): boolean => event.name !== 'exception' && event.attributes.size > 0
  const hashed = span.artifacts.some(({ sha256 }) => sha256 !== null)
  if (span.content.size === 0 && !hashed && !span.events.some(carries)) return span
  const artifacts = span.artifacts
    .filter((one) => !isInlineArtifact(one))
    .map((one) => ({ ...one, sha256: null }))
  const events = span.events.map((event) =>
    carries(event)
      ? {
          ...event,
          attributes: new Map(),
          droppedAttributesCount: event.droppedAttributesCount + event.attributes.size,
        }
      : event,
  )
  const notice = { code: 'content_not_stored', message: 'The policy of this workflow keeps content out.' }
  return withNotice({ ...span, content: new Map(), events, artifacts }, notice)
}

function withNotice(span: Span, notice: Notice): Span {
  return { ...span, notices: [...span.notices, notice] }
}

/** With one notice of what was removed, now and, when a stored span is read again, before. */
function withCounts(span: Span, counts: ReadonlyMap<string, number>): Span {
  const before = span.notices.filter(({ code }) => code === 'redacted')
  if (before.length === 0) return withNotice(span, noticeOf(counts))
  const sum = new Map(counts)
  for (const [, rule = '', times] of before.flatMap(({ message }) => [...message.matchAll(COUNTED)])) {
    sum.set(rule, (sum.get(rule) ?? 0) + Number(times))
  }
  const others = span.notices.filter(({ code }) => code !== 'redacted')
  return withNotice({ ...span, notices: others }, noticeOf(sum))
}

/** A rule and its count, as `noticeOf` writes them. */
const COUNTED = /([\w-]+) \((\d+)\)/g

/** Which rules removed how much; never what. */
function noticeOf(counts: ReadonlyMap<string, number>): Notice {
  const rules = [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    code: 'redacted',
    message: `Removed before storing: ${rules.map(([rule, times]) => `${rule} (${times})`).join(', ')}.`,
    count: rules.reduce((sum, [, times]) => sum + times, 0),
  }
}
