/* @jsxImportSource react */
// A React page with two tabs, built with React 18 and with React 19 by the test beside it.
import { StrictMode, useState, version } from 'react'
import { createRoot } from 'react-dom/client'
import { TraceTab } from 'workflow-trace/react'

interface HostWindow {
  events: [name: string, detail: object][]
  asked: number
  token: string
  choose: (execution: string) => void
  show: (shown: boolean) => void
  reactVersion: string
}
const host = window as unknown as HostWindow
host.events = []
host.asked = 0
host.reactVersion = version
host.token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''

function Page() {
  const [execution, setExecution] = useState('exec-0418')
  const [shown, setShown] = useState(true)
  host.choose = setExecution
  host.show = setShown
  const tell = (name: string) => (detail: object) => host.events.push([name, detail])
  const shared = {
    baseUrl: '/traces',
    workflowId: 'support-triage',
    style: { height: '420px' },
    getToken: () => {
      host.asked += 1
      return Promise.resolve(host.token)
    },
  }
  if (!shown) return null
  return (
    <>
      <TraceTab
        {...shared}
        className="first"
        executionId={execution}
        hide="executions"
        theme="light"
        onState={tell('state')}
        onSpanSelect={tell('span')}
        onPlaceChange={tell('place')}
        onExecutionChange={tell('execution')}
        onOpenExternal={(detail) => {
          host.events.push(['external', detail])
          return false
        }}
      />
      <TraceTab
        {...shared}
        className="second"
        executionId="exec-0419"
        view="metrics"
        theme="dark"
        locale="de"
      />
    </>
  )
}

const element = document.getElementById('root')
if (element)
  createRoot(element).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  )
