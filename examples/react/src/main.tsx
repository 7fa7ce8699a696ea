import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { TraceTab } from 'workflow-trace/react'

const base = import.meta.env.VITE_TRACE_URL ?? 'http://127.0.0.1:4318'

function Page() {
  const [token, setToken] = useState('')
  const [execution, setExecution] = useState<string | undefined>()
  const [state, setState] = useState('')
  return (
    <>
      <p>
        <label>
          Token <input type="password" value={token} onChange={(event) => setToken(event.target.value)} />
        </label>{' '}
        {state}
      </p>
      {token ? (
        <TraceTab
          key={token}
          baseUrl={base}
          workflowId="support-triage"
          {...(execution ? { executionId: execution } : {})}
          getToken={() => token}
          style={{ height: '85vh', border: '1px solid #ccc' }}
          onExecutionChange={({ executionId }) => setExecution(executionId)}
          onState={(detail) => setState(detail.state)}
        />
      ) : null}
    </>
  )
}

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  )
