import { type ComponentChildren, Fragment } from 'preact'
import { useState } from 'preact/hooks'
import type { SpanDetail } from '../../http/schemas/trace.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'
import { NotLoadedLine } from '../views/not-loaded.tsx'
import { iconOf } from '../views/notices.tsx'
import { JsonView } from './json-view.tsx'
import { MessageView } from './message-view.tsx'
import { type Renderer, TextView, useMarkdown } from './text-view.tsx'

type Content = SpanDetail['input']

// Remembered for the life of the page: who reads markdown reads it in the next span too.
let remembered = false

/** What went in and what came out: as messages where it is a conversation, else as values. */
export function Conversation({ span }: { span: SpanDetail }) {
  const [markdown, setMarkdown] = useState(remembered)
  // said once here: each text shows itself plainly without it
  const { renderer, retry } = useMarkdown(markdown)
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
      {retry ? <NotLoadedLine retry={retry} /> : null}
      <Side content={input} label={strings.input} none={strings.noInput} markdown={renderer}>
        {asked || answered ? <FormSwitch markdown={markdown} choose={choose} /> : null}
      </Side>
      <ToolsOffered tools={span.tools ?? []} />
      <Side
        content={output}
        label={answered ? strings.response : strings.output}
        none={strings.noOutput}
        markdown={renderer}
      />
    </div>
  )
}

/** What the model could have called: it explains what it called, and what it did not. */
function ToolsOffered({ tools }: { tools: readonly unknown[] }) {
  if (tools.length === 0) return null
  return (
    <details class="offered">
      <summary>{strings.toolsOffered(String(tools.length))}</summary>
      <JsonView value={tools} />
    </details>
  )
}

interface SideProps {
  content: Content
  label: string
  none: string
  markdown: Renderer | null
  children?: ComponentChildren
}

function Side({ content, label, none, markdown, children }: SideProps) {
  const { messages, value, hidden } = content
  // A call sends the conversation again: what it adds to it is told apart.
  const fresh = messages.some((one) => one.new === false) ? messages.findIndex((one) => one.new) : -1
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
          <Fragment key={n}>
            {n === fresh ? <p class="log-new">{strings.newInTurn}</p> : null}
            <MessageView message={message} markdown={markdown} />
          </Fragment>
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
