import { limits } from '../limits.ts'
import type { OtlpSpan, Resource, Scope, SpanEvent, SpanLink } from '../model/otlp.ts'
import { boundAttributes, boundText } from './bound.ts'
import { Notices } from './notices.ts'
import { readAttributes } from './read.ts'
import type { Reading } from './reading.ts'
import { storableTime } from './time.ts'

/** A resource and scope as they can be stored, and what the resource says of its spans. */
export interface Envelope {
  resource: Resource
  scope: Scope
  reading: Reading
  /** Codes of what had to be mended, told on every span below. */
  notices: Notices
}

const known = new WeakMap<Resource, WeakMap<Scope, Envelope>>()

/** Bounds and reads a resource and a scope, once for all spans below them: records of the decoder never change. */
export function envelopeOf(resource: Resource, scope: Scope): Envelope {
  let scopes = known.get(resource)
  if (scopes === undefined) known.set(resource, (scopes = new WeakMap()))
  let envelope = scopes.get(scope)
  if (envelope === undefined) scopes.set(scope, (envelope = makeEnvelope(resource, scope)))
  return envelope
}

function makeEnvelope(resource: Resource, scope: Scope): Envelope {
  const notices = new Notices()
  const { reading } = readAttributes(resource.attributes, notices)
  if (isNewer(resource.schemaUrl) || isNewer(scope.schemaUrl)) notices.add('unknown_convention')
  return {
    resource: {
      ...bounded(resource, notices),
      schemaUrl: boundText(resource.schemaUrl, limits.maxIdLength, notices),
    },
    scope: {
      name: boundText(scope.name, limits.maxIdLength, notices),
      version: boundText(scope.version, limits.maxIdLength, notices),
      ...bounded(scope, notices),
      schemaUrl: boundText(scope.schemaUrl, limits.maxIdLength, notices),
    },
    reading,
    notices,
  }
}

/** The newest release of OpenTelemetry's semantic conventions that the families were written from. */
const KNOWN_MINOR = 44

function isNewer(schemaUrl: string): boolean {
  const version = /^https?:\/\/opentelemetry\.io\/schemas\/(\d{1,4})\.(\d{1,4})\b/.exec(schemaUrl)
  return version !== null && (Number(version[1]) > 1 || Number(version[2]) > KNOWN_MINOR)
}

function bounded(holder: Resource | Scope, notices: Notices) {
  const { attributes, dropped } = boundAttributes(holder.attributes, limits.maxValueLength, notices)
  if (dropped > 0) notices.add('attributes_dropped', dropped)
  return { attributes, droppedAttributesCount: holder.droppedAttributesCount + dropped }
}

/** The events that are kept: bounded; their values may be messages, so they have content's limit. */
export function eventsOf(span: OtlpSpan, notices: Notices): { events: SpanEvent[]; dropped: number } {
  if (span.events.length === 0) return { events: [], dropped: 0 }
  const dropped = Math.max(0, span.events.length - limits.maxEvents)
  if (dropped > 0) notices.add('events_dropped', dropped)
  const events = span.events.slice(0, limits.maxEvents).map((event) => {
    const { attributes, dropped } = boundAttributes(event.attributes, limits.maxContentLength, notices)
    if (dropped > 0) notices.add('attributes_dropped', dropped)
    return {
      timeNs: storableTime(event.timeNs, notices),
      name: boundText(event.name, limits.maxIdLength, notices),
      attributes,
      droppedAttributesCount: event.droppedAttributesCount + dropped,
    }
  })
  return { events, dropped }
}

/** The links that are kept. */
export function linksOf(span: OtlpSpan, notices: Notices): { links: SpanLink[]; dropped: number } {
  if (span.links.length === 0) return { links: [], dropped: 0 }
  const dropped = Math.max(0, span.links.length - limits.maxEvents)
  if (dropped > 0) notices.add('links_dropped', dropped)
  const links = span.links.slice(0, limits.maxEvents).map((link) => {
    const { attributes, dropped } = boundAttributes(link.attributes, limits.maxValueLength, notices)
    if (dropped > 0) notices.add('attributes_dropped', dropped)
    return {
      ...link,
      traceState: boundText(link.traceState, limits.maxValueLength, notices),
      attributes,
      droppedAttributesCount: link.droppedAttributesCount + dropped,
    }
  })
  return { links, dropped }
}
