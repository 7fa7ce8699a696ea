import { render } from 'preact'
import type { GetToken } from './api/client.ts'
import { viewNamed } from './model/place.ts'
import type { TraceTabElement, TraceTabEvents } from './public.ts'
import { sheets } from './styles/sheets.ts'
import { App } from './views/app.tsx'

const ATTRIBUTES = [
  'base-url',
  'workflow-id',
  'execution-id',
  'span-id',
  'view',
  'theme',
  'hide',
  'locale',
  'route',
] as const

/**
 * `<trace-tab>`: everything is inside one shadow root, so no style and no id leaks in or out, and several
 * can live on one page.
 */
export class TraceTab extends HTMLElement implements TraceTabElement {
  static readonly observedAttributes = ATTRIBUTES
  readonly #root: ShadowRoot
  #getToken: GetToken | undefined
  #signIn: ((token: string) => void) | undefined
  #epoch = 0
  #scheduled = false

  constructor() {
    super()
    this.#root = this.attachShadow({ mode: 'open' })
    this.#root.adoptedStyleSheets = sheets()
  }

  get getToken(): GetToken | undefined {
    return this.#getToken
  }

  set getToken(value: GetToken | undefined) {
    this.#getToken = value
    this.reload()
  }

  /** Takes the token that the reader pasted. Set by a page that owns its token; else the host signs in. */
  get signIn(): ((token: string) => void) | undefined {
    return this.#signIn
  }

  set signIn(value: ((token: string) => void) | undefined) {
    this.#signIn = value
    this.#schedule()
  }

  /** Forgets what was read and reads again, with a new token. */
  reload(): void {
    this.#epoch += 1
    this.#schedule()
  }

  connectedCallback(): void {
    this.#schedule()
  }

  disconnectedCallback(): void {
    // A move within the page disconnects and connects again: only a real removal unmounts.
    queueMicrotask(() => {
      if (!this.isConnected) render(null, this.#root)
    })
  }

  attributeChangedCallback(): void {
    this.#schedule()
  }

  /** Waits for the end of the task: a host sets attributes and properties one by one. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      if (this.isConnected) this.#render()
    })
  }

  #render(): void {
    const read = (name: (typeof ATTRIBUTES)[number]) => this.getAttribute(name)
    render(
      <App
        host={this}
        epoch={this.#epoch}
        base={(read('base-url') ?? '').replace(/\/+$/, '')}
        workflow={read('workflow-id')}
        execution={read('execution-id')}
        span={read('span-id')}
        tab={read('view') === 'execution' ? 'execution' : 'trace'}
        view={viewNamed(read('view'))}
        theme={read('theme') ?? 'auto'}
        hide={(read('hide') ?? '').split(/\s+/)}
        locale={read('locale') ?? navigator.language}
        ownRoute={read('route') === 'own'}
        getToken={this.#getToken ?? (() => null)}
        signIn={this.#signIn}
        emit={(name, detail) => this.#emit(name, detail)}
      />,
      this.#root,
    )
  }

  #emit<Name extends keyof TraceTabEvents>(name: Name, detail: TraceTabEvents[Name]): boolean {
    return this.dispatchEvent(
      new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }),
    )
  }
}
