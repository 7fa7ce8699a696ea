import { useState } from 'preact/hooks'
import type { SpanDetail } from '../../http/schemas/trace.ts'
import { useCopy } from '../hooks/use-copy.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'
import { JsonView } from './json-view.tsx'
import { RichText } from './rich-text.tsx'

/** Every attribute of the span, its resource and its scope, with a filter. */
export function Attributes({ span }: { span: SpanDetail }) {
  const [wanted, setWanted] = useState('')
  const { scope, resource } = span
  const groups: [string, Record<string, unknown>][] = [
    [strings.spanAttributes, span.attributes],
    [strings.resourceAttributes, resource.attributes],
    [strings.scopeAttributes, { name: scope.name, version: scope.version, ...scope.attributes }],
  ]
  const lower = wanted.trim().toLowerCase()
  const shown = groups
    .map(
      ([label, attributes]) =>
        [label, Object.entries(attributes).filter((entry) => matches(entry, lower))] as const,
    )
    .filter(([, entries]) => entries.length > 0)
  return (
    <div class="attributes">
      <div class="search">
        <Icon name="lens" size={14} />
        <input
          type="search"
          placeholder={strings.filterAttributes}
          aria-label={strings.filterAttributes}
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </div>
      {shown.map(([label, entries]) => (
        <section key={label}>
          <h4>{label}</h4>
          <AttributeTable entries={entries} />
        </section>
      ))}
      {shown.length === 0 ? <p class="none">{lower ? strings.noMatches : strings.noAttributes}</p> : null}
    </div>
  )
}

function matches([key, value]: [string, unknown], wanted: string): boolean {
  if (wanted === '') return true
  return key.toLowerCase().includes(wanted) || asText(value).toLowerCase().includes(wanted)
}

export function AttributeTable({ entries }: { entries: [string, unknown][] }) {
  return (
    <dl class="attribute-table">
      {entries.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>
            {value !== null && typeof value === 'object' ? (
              <JsonView value={value} />
            ) : (
              <RichText text={asText(value)} />
            )}
          </dd>
          <dd class="copy-value">
            <CopyValue name={key} text={asText(value)} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function CopyValue({ name, text }: { name: string; text: string }) {
  const { copied, copy } = useCopy()
  return (
    <button
      type="button"
      class="icon-button small quiet"
      title={copied ? strings.copied : strings.copy}
      aria-label={`${strings.copy} ${name}`}
      onClick={() => copy(text)}
    >
      <Icon name={copied ? 'check' : 'copy'} size={13} />
    </button>
  )
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
