import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { createApi, type GetToken } from '../api/client.ts'
import { isTyping } from '../hooks/is-typing.ts'
import { type Tab, TabContext } from '../hooks/tab-context.ts'
import { useChunk } from '../hooks/use-chunk.ts'
import { usePlace } from '../hooks/use-place.ts'
import { useSize } from '../hooks/use-size.ts'
import { useTheme } from '../hooks/use-theme.ts'
import { createFormat } from '../model/format.ts'
import { afresh, nowhere, type ViewName } from '../model/place.ts'
import { strings } from '../strings.ts'
import { adopt } from '../styles/sheets.ts'
import { NotLoaded, NotLoadedLine } from './not-loaded.tsx'
import { TopBar } from './top-bar.tsx'
import { WorkflowView } from './workflow-view.tsx'

/** Below this width in CSS pixels the tab is one column: a tree beside a detail needs more than a tablet held upright. */
const NARROW = 900
/** From this width on the list of executions stands beside them by itself. */
const ROOMY = 1100
/** CSS pixels below which the name of an execution and its tabs do not stand in one line. */
const PHONE = 560
/** Below this height the figures scroll, so that there is room for the spans. */
const SHORT = 600
/** Assistive technology is told of news at most this often, in milliseconds. */
const QUIET = 5_000

export interface AppProps {
  host: HTMLElement
  /** Changes when everything must be read again. */
  epoch: number
  base: string
  workflow: string | null
  execution: string | null
  span: string | null
  tab: 'execution' | 'trace'
  view: ViewName
  theme: string
  hide: string[]
  locale: string
  ownRoute: boolean
  getToken: GetToken
  signIn: ((token: string) => void) | undefined
  emit: Tab['emit']
}

export function App(props: AppProps) {
  const { base, epoch, ownRoute, locale, emit, getToken } = props
  const root = useRef<HTMLDivElement>(null)
  const { width, height } = useSize(root, props.host)
  const [chosenTheme, setChosenTheme] = useStored('theme', ownRoute)
  const [letters, setLetters] = useSwitch('letters', true)
  const [dense, setDense] = useSwitch('dense', false)
  const [below, setBelow] = useSwitch('below', false)
  const look = useTheme(chosenTheme ?? props.theme)
  const sent = useRef<string | null>(null)
  const [help, setHelp] = useState(false)
  const [said, announce] = useAnnouncer()
  const format = useMemo(() => createFormat(locale), [locale])

  const tokenSource = useRef(getToken)
  tokenSource.current = getToken
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new epoch is a new reader
  const api = useMemo(
    () =>
      createApi(base, async () => {
        sent.current = await tokenSource.current()
        return sent.current
      }),
    [base, epoch],
  )

  const { place, go, hrefOf } = usePlace({
    own: ownRoute,
    base,
    given: {
      ...nowhere,
      workflow: props.workflow,
      execution: props.execution,
      span: props.span,
      tab: props.tab,
      view: props.view,
    },
    changed: (place) => emit('trace-place-change', { place }),
  })
  const leave = useCallback<Tab['go']>(
    (change, options) => {
      const executionId = change.execution
      const workflowId = change.workflow ?? place.workflow
      if (executionId && workflowId && executionId !== place.execution) {
        if (!emit('trace-execution-change', { workflowId, executionId })) return
        return go({ ...afresh, ...change }, options)
      }
      if (change.span !== undefined && change.span !== place.span) {
        emit('trace-span-select', { spanId: change.span })
      }
      go(change, options)
    },
    [go, emit, place],
  )

  useEffect(() => {
    if (ownRoute)
      document.title = [place.execution, place.workflow, 'Workflow traces'].filter(Boolean).join(' · ')
  }, [ownRoute, place.execution, place.workflow])

  const narrow = width > 0 && width < NARROW
  const tab: Tab = {
    api,
    format,
    place,
    go: leave,
    hrefOf,
    colours: `${look.theme} ${look.highContrast}`,
    narrow,
    roomy: width >= ROOMY,
    letters,
    setLetters,
    dense,
    setDense,
    below: below && !narrow,
    setBelow,
    copyLink: () => {
      const address = hrefOf({})
      const text = address === null ? location.href : new URL(address, location.origin).href
      void navigator.clipboard?.writeText(text).then(
        () => announce(strings.linkCopied),
        () => undefined,
      )
    },
    adopt: (styles) => root.current && adopt(root.current.getRootNode(), styles),
    announce,
    emit,
    sent,
    signIn:
      props.signIn &&
      ((token) => {
        props.signIn?.(token)
        if ('reload' in props.host && typeof props.host.reload === 'function') props.host.reload()
      }),
  }
  return (
    <TabContext.Provider value={tab}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a key of the parts inside bubbles up to it */}
      <div
        ref={root}
        class="app"
        data-theme={look.theme}
        data-inherit={props.theme === 'inherit' ? '' : undefined}
        data-contrast={look.highContrast ? 'more' : undefined}
        data-motion={look.reduceMotion ? 'reduce' : undefined}
        data-narrow={narrow ? (width < PHONE ? 'phone' : '') : undefined}
        data-short={height > 0 && height < SHORT ? '' : undefined}
        onKeyDown={(event) => {
          if (event.key === '?' && tab.letters && !isTyping(event)) setHelp(true)
        }}
      >
        {props.hide.includes('header') ? null : (
          <TopBar
            theme={ownRoute ? (chosenTheme ?? props.theme) : null}
            setTheme={setChosenTheme}
            showHelp={() => setHelp(true)}
          />
        )}
        {place.workflow === null ? (
          <Start />
        ) : (
          <WorkflowView workflow={place.workflow} showList={!props.hide.includes('executions')} />
        )}
        {help ? <Help close={() => setHelp(false)} /> : null}
        <div class="sr" role="status" aria-live="polite">
          {said}
        </div>
      </div>
    </TabContext.Provider>
  )
}

/** The first page is loaded when it is looked at: most readers come by a link to an execution. */
function Start() {
  const start = useChunk(true, () => import('./workflows-view.tsx'))
  if (typeof start === 'function') return <NotLoaded retry={start} />
  return start && <start.WorkflowsView />
}

function Help({ close }: { close: () => void }) {
  const dialog = useChunk(true, () => import('./help-dialog.tsx'))
  if (typeof dialog === 'function') return <NotLoadedLine retry={dialog} />
  return dialog && <dialog.HelpDialog close={close} />
}

/** Something that the reader switches on and off, as `useStored` keeps it. */
function useSwitch(name: string, first: boolean): [boolean, (on: boolean) => void] {
  const [value, setValue] = useStored(name, true)
  return [value ? value === 'on' : first, (on) => setValue(on ? 'on' : 'off')]
}

/** A choice of the reader that this browser keeps; null = none was made. */
function useStored(name: string, keep: boolean): [string | null, (value: string) => void] {
  const key = `workflow-trace.${name}`
  const [value, setValue] = useState(() => (keep ? stored(key) : null))
  return [
    value,
    (next) => {
      try {
        localStorage.setItem(key, next)
      } catch {
        // A page in a frame may have no storage: then the choice lasts as long as the page.
      }
      setValue(next)
    },
  ]
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** At most one message in `QUIET`; of those that come in between, the last is said when the time is over. */
function useAnnouncer(): [string, (text: string) => void] {
  const [said, setSaid] = useState('')
  const last = useRef(Number.NEGATIVE_INFINITY)
  const timer = useRef(0)
  useEffect(() => () => clearTimeout(timer.current), [])
  const announce = useCallback((text: string) => {
    clearTimeout(timer.current)
    const say = () => {
      last.current = Date.now()
      setSaid(text)
    }
    const wait = last.current + QUIET - Date.now()
    if (wait <= 0) say()
    else timer.current = window.setTimeout(say, wait)
  }, [])
  return [said, announce]
}
