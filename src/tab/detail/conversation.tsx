import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { SpanDetail } from '../../http/schemas/trace.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'
import { iconOf } from '../views/notices.tsx'
import { JsonView } from './json-view.tsx'
import { MessageView } from './message-view.tsx'
import { TextView } from './text-view.tsx'

type Content = SpanDetail['input']

// Remembered for the life of the page: who reads markdown reads it in the next span too.
let remembered = false

/** What went in and what came out: as messages where it is a conversation, else as values. */
export function Conversation({ span }: { span: SpanDetail }) {
  const [markdown, setMarkdown] = useState(remembered)
  const { input, output } = span
  const asked = input.messages.length > 0
  const answered = output.messages.length > 0
  const choose = (on: boolean) => {
    remembered = on
    setMarkdown(on)
  }
  return (
    <div class="conversation">
      {span.notices.map((notice) => (
        <p key={notice.code} class="content-notice">
          <Icon name={iconOf(notice.code)} size={14} />
          {notice.message}
        </p>
      ))}
      <Side content={input} label={strings.input} none={strings.noInput} markdown={markdown}>
        {asked || answered ? <FormSwitch markdown={markdown} choose={choose} /> : null}
      </Side>
      <Side
        content={output}
        label={answered ? strings.response : strings.output}
        none={strings.noOutput}
        markdown={markdown}
      />
    </div>
  )
}

interface SideProps {
  content: Content
  label: string
  none: string
  markdown: boolean
  children?: ComponentChildren
}

function Side({ content, label, none, markdown, children }: SideProps) {
  const { messages, value, hidden } = content
  return (
    <section class="side">
      <div class="side-head">
        <h4>{label}</h4>
        <span class="spacer" />
        {children}
      </div>
      {hidden ? (
        <p class="content-hidden">
          <Icon name="lock" size={14} />
          {hidden || strings.contentHidden}
        </p>
      ) : messages.length > 0 ? (
        messages.map((message, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the messages of one span never change
          <MessageView key={n} message={message} markdown={markdown} />
        ))
      ) : value === null || value === undefined ? (
        <p class="none">{none}</p>
      ) : typeof value === 'string' ? (
        <div class="value-box">
          <TextView text={value} markdown={markdown} />
        </div>
      ) : (
        <div class="value-box">
          <JsonView value={value} />
        </div>
      )}
    </section>
  )
}

function FormSwitch({ markdown, choose }: { markdown: boolean; choose: (on: boolean) => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: two buttons in a row are no fieldset
    <span class="segments" role="group" aria-label={strings.textForm}>
      <button type="button" aria-pressed={!markdown} onClick={() => choose(false)}>
        {strings.plain}
      </button>
      <button type="button" aria-pressed={markdown} onClick={() => choose(true)}>
        {strings.markdown}
      </button>
    </span>
  )
}
