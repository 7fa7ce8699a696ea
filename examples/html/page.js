import '../../dist/tab/trace-tab.js'
import { nodeStates } from '../../dist/tab/nodes.js'

// The token is the host's: here it comes in the fragment and lives as long as the page.
const token = new URLSearchParams(location.hash.slice(1)).get('token')
history.replaceState(null, '', location.pathname + location.search)
const asked = new URLSearchParams(location.search)
const base = asked.get('base') ?? 'http://127.0.0.1:4318'
const workflow = asked.get('workflow') ?? 'support-triage'

const read = async (path) => {
  const answer = await fetch(base + path, { headers: { authorization: `Bearer ${token}` } })
  if (!answer.ok) throw new Error(`${answer.status} ${path}`)
  return answer.json()
}

const rows = await read(`/api/workflows/${encodeURIComponent(workflow)}/executions?limit=2`)
for (const [n, id] of ['first', 'second'].entries()) {
  const tab = document.getElementById(id)
  tab.getToken = () => token
  tab.setAttribute('base-url', base)
  tab.setAttribute('workflow-id', workflow)
  const execution = rows[n] ?? rows[0]
  if (execution) tab.setAttribute('execution-id', execution.execution_id)
  tab.addEventListener('trace-state', (event) => console.log(id, event.detail.state))
}

// A Canvas paints its own graph with this.
if (rows[0]) {
  const skeleton = await read(
    `/api/executions/${encodeURIComponent(rows[0].execution_id)}/trace?view=skeleton`,
  )
  for (const [node, state] of nodeStates(skeleton, Date.now())) {
    const item = document.createElement('li')
    item.textContent = `${node}: ${state.status}, ${state.runs} runs, ${Math.round(state.durationMs)} ms`
    document.getElementById('nodes').append(item)
  }
}
