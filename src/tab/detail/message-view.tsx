import type { Message, MessagePart } from '../../model/message.ts'
import { useTab } from '../hooks/tab-context.ts'
import { useCopy } from '../hooks/use-copy.ts'
import { strings } from '../strings.ts'
import { Icon, type IconName } from '../views/icon.tsx'
import { JsonView } from './json-view.tsx'
import { type Renderer, TextView } from './text-view.tsx'

const roleIcons: Record<string, IconName> = {
  system: 'shield',
  developer: 'shield',
  user: 'circle',
  assistant: 'bot',
  tool: 'wrench',
  function: 'wrench',
}

/** One message: who speaks, then its parts in order. */
export function MessageView({ message, markdown }: { message: Message; markdown: Renderer | null }) {
  const { copied, copy } = useCopy()
  const { role } = message
  const known = Object.hasOwn(roleIcons, role) ? role : 'other'
  const isRules = known === 'system' || known === 'developer'
  return (
    <article class={`message role-${known === 'function' ? 'tool' : known}`}>
      <header>
        <Icon name={roleIcons[known] ?? 'circle'} size={14} />
        <span class="role">{known === 'other' ? role : strings.roles[known]}</span>
        {message.name ? <span class="faint">{message.name}</span> : null}
        <span class="spacer" />
        {message.finish_reason ? <span class="faint">{message.finish_reason}</span> : null}
        <button
          type="button"
          class="icon-button small quiet"
          title={copied ? strings.copied : strings.copy}
          aria-label={strings.copy}
          onClick={() => copy(textOf(message))}
        >
          <Icon name={copied ? 'check' : 'copy'} size={13} />
        </button>
      </header>
      {message.parts.map((part, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one message never change
        <Part key={n} part={part} markdown={markdown} short={isRules} />
      ))}
    </article>
  )
}

function Part({ part, markdown, short }: { part: MessagePart; markdown: Renderer | null; short: boolean }) {
  switch (part.type) {
    case 'text':
      return <TextView text={part.content} markdown={markdown} short={short} />
    case 'reasoning':
      return (
        <details class="reasoning">
          <summary>{strings.reasoningPart}</summary>
          <TextView text={part.content} markdown={markdown} />
        </details>
      )
    case 'tool_call':
      return <Tool label={strings.toolCall} name={part.name} id={part.id} value={part.arguments} />
    case 'tool_result':
      return <Tool label={strings.toolResult} name={part.name} id={part.id} value={part.result} />
    case 'json':
      return <JsonView value={part.content} />
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return <Media part={part} />
    default:
      return <JsonView value={part} />
  }
}

interface ToolProps {
  label: string
  name: string | null
  id: string | null
  value: unknown
}

function Tool({ label, name, id, value }: ToolProps) {
  return (
    <div class="tool">
      <div class="tool-head" title={id ?? undefined}>
        <Icon name="wrench" size={13} />
        <span class="faint">{label}</span>
        {name ? <code>{name}</code> : null}
      </div>
      {value === null || value === undefined ? null : typeof value === 'string' ? (
        <TextView text={value} />
      ) : (
        <JsonView value={value} />
      )}
    </div>
  )
}

function Media({ part }: { part: Extract<MessagePart, { uri: string | null }> }) {
  const { format } = useTab()
  const facts = [part.media_type ?? part.type, part.size === null ? null : format.bytes(part.size), part.uri]
  return (
    <span class="media">
      <Icon name="file" size={13} />
      {facts.filter(Boolean).join(' · ')} · {strings.notLoaded}
    </span>
  )
}

/** The message as text, for the clipboard. */
function textOf(message: Message): string {
  return message.parts
    .map((part) => {
      if (part.type === 'text' || part.type === 'reasoning') return part.content
      if (part.type === 'tool_call') return `${part.name}(${JSON.stringify(part.arguments, null, 2)})`
      if (part.type === 'tool_result') {
        return typeof part.result === 'string' ? part.result : JSON.stringify(part.result, null, 2)
      }
      return JSON.stringify(part, null, 2)
    })
    .join('\n\n')
}
