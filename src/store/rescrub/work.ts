import type { Client } from 'pg'
import type { SpanLog } from '../../model/log.ts'
import type { Resource, Scope } from '../../model/otlp.ts'
import type { Span } from '../../model/span.ts'

type Counts = ReadonlyMap<string, number>

/** The rules of one workspace, as the re-scrub uses them: no clock, so nothing is given up for lack of time. */
export interface Scrub {
  /** The same object when nothing was found. */
  span(span: Span): { span: Span; counts: Counts }
  /** The same object when nothing was found; null = its policy does not store it. */
  log(log: SpanLog): { log: SpanLog | null; counts: Counts }
  text(text: string, workflow: string | null): { text: string; counts: Counts }
  id(id: string): string
  patterns(patterns: readonly string[]): readonly string[]
  /** True when the rules find something in what spans share. */
  hits(resource: Resource, scope: Scope): boolean
  /** The bytes of an artifact; the same when nothing was found, or when they are not text. */
  bytes(bytes: Buffer, mediaType: string, workflow: string | null): Promise<{ bytes: Buffer; counts: Counts }>
}

/** How many rows of a kind were looked at, and how many of them the rules changed. */
export interface Tally {
  seen: number
  changed: number
}

/** What a re-scrub did, or would do. */
export interface RescrubReport {
  spans: Tally
  logs: Tally
  artifacts: Tally
  /** Names beside spans: workflows of executions, erasures, grants. */
  names: Tally
  /** Pairs of resource and scope that nothing refers to any more, and that held something. */
  contexts: Tally
  /** How often each rule removed something. */
  rules: Map<string, number>
}

/** One re-scrub at work. */
export interface Work {
  /** A connection of its own, without the short time-outs of requests. */
  client: Client
  /** The realms that are looked at, with their rules. */
  scrubs: ReadonlyMap<number, Scrub>
  /** The rule-set version that rows get; rows that have it are left alone. */
  version: number
  since: Date
  until: Date
  dryRun: boolean
  report: RescrubReport
}

export const emptyReport = (): RescrubReport => ({
  spans: { seen: 0, changed: 0 },
  logs: { seen: 0, changed: 0 },
  artifacts: { seen: 0, changed: 0 },
  names: { seen: 0, changed: 0 },
  contexts: { seen: 0, changed: 0 },
  rules: new Map(),
})

/** What one batch found; added to the report only once it is committed, for a batch may be tried again. */
export interface Found {
  seen: number
  changed: number
  rules: Map<string, number>
}

export const nothingFound = (): Found => ({ seen: 0, changed: 0, rules: new Map() })

export function count(found: Found, counts: Counts): void {
  for (const [rule, times] of counts) found.rules.set(rule, (found.rules.get(rule) ?? 0) + times)
}

export function addTo(report: RescrubReport, kind: keyof Omit<RescrubReport, 'rules'>, found: Found): void {
  report[kind].seen += found.seen
  report[kind].changed += found.changed
  for (const [rule, times] of found.rules) report.rules.set(rule, (report.rules.get(rule) ?? 0) + times)
}

export function scrubOf(work: Work, realm: number): Scrub {
  const scrub = work.scrubs.get(realm)
  if (scrub === undefined) throw new Error(`realm ${realm} is not looked at`)
  return scrub
}
