import OpenAI from 'openai'
import { createRunner } from '../runner/index.ts'
import type { Surroundings } from './chat.ts'
import { startChatApi } from './chat-api.ts'
import { runBacklog, runTriage, triage } from './support-triage.ts'
import { startTicketApi } from './ticket-api.ts'
import { inventTickets } from './tickets.ts'
import { report, runReport } from './weekly-report.ts'

/** What an execution of the demo is expected to look like in the trace service. */
export interface SampleExecution {
  workflowId: string
  executionId: string
  status: 'completed' | 'failed' | 'cancelled' | 'interrupted' | 'running'
  /** What it shows. */
  about: string
  /** How many artifacts with bytes it leaves; none where nothing is said. */
  artifacts?: number
}

export interface Sample {
  executions: readonly SampleExecution[]
  /** Resolves when all but the long-running one have ended and their spans are delivered. */
  run(tell: (line: string) => void): Promise<void>
  /** Ends what runs, delivers what waits, at most `timeoutMs` long, and stops the local servers. */
  close(timeoutMs: number): Promise<void>
}

export interface SampleOptions {
  /** The trace service. */
  endpoint: string
  token: string
  fallbackPath: string
  /** Scales every pause: 1 = lifelike, 0 = none. */
  pace: number
  tell: (line: string) => void
}

/** How many executions run at the same time. */
const WIDTH = 3

/** The sample workflows with everything around them: chat API, ticket API, client library, runner. */
export async function startSample({
  endpoint,
  token,
  fallbackPath,
  pace,
  tell,
}: SampleOptions): Promise<Sample> {
  const tickets = inventTickets()
  const chatApi = await startChatApi(pace)
  const ticketApi = await startTicketApi(tickets, pace)
  const runner = createRunner({
    endpoint,
    token,
    serviceName: 'demo-runner',
    resource: { 'service.version': '1.4.2', 'deployment.environment.name': 'demo' },
    fallbackLog: { path: fallbackPath },
    flushIntervalMs: 300,
    log: ({ message }) => tell(message),
  })
  const stop = new AbortController()
  const openai = new OpenAI({
    baseURL: `${chatApi.url}/v1`,
    apiKey: 'none-is-needed',
    maxRetries: 0,
    fetch: runner.fetch,
  })
  const around: Surroundings = {
    openai,
    tickets: ticketApi.url,
    fetch: runner.fetch,
    signal: stop.signal,
    pace,
  }

  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const ofTicket = (ticketId: string, status: SampleExecution['status'], about: string) => {
    const executionId = `triage-${stamp}-${ticketId.toLowerCase()}`
    return {
      workflowId: triage.workflowId,
      executionId,
      status,
      about,
      start: () => runTriage(runner, around, executionId, ticketId),
    }
  }
  const reportId = `report-${stamp}`
  const backlogId = `backlog-${stamp}`
  const planned = [
    ofTicket('T-1043', 'completed', 'a key and an e-mail address in the prompt, redacted'),
    ofTicket('T-1041', 'completed', 'agent with two tool calls'),
    ofTicket('T-1042', 'completed', 'refund through a tool'),
    ofTicket('T-1044', 'failed', 'the downstream API answers 502'),
    ofTicket('T-1045', 'interrupted', 'waits for an approval'),
    ofTicket('T-1046', 'cancelled', 'the customer withdrew'),
    ofTicket('T-1047', 'completed', 'more than one language'),
    {
      workflowId: report.workflowId,
      executionId: reportId,
      status: 'completed' as const,
      about: 'two artifacts with bytes',
      artifacts: 2,
      start: () => runReport(runner, around, reportId),
    },
  ]
  const running = {
    workflowId: triage.workflowId,
    executionId: backlogId,
    status: 'running' as const,
    about: 'goes on for minutes',
  }
  let backlog: Promise<unknown> = Promise.resolve()

  async function run(say: (line: string) => void): Promise<void> {
    const ids = tickets.map((ticket) => ticket.id).filter((id) => id !== 'T-1044')
    backlog = runBacklog(runner, around, backlogId, ids).catch(() => undefined)
    say(`${backlogId}: started, ${running.about}`)
    const waiting = [...planned]
    const worker = async () => {
      for (let next = waiting.shift(); next && !stop.signal.aborted; next = waiting.shift()) {
        const outcome = await next.start().then(
          () => 'done',
          (error: unknown) => `failed (${(error as Error).message})`,
        )
        say(`${next.executionId}: ${outcome}, ${next.about}`)
      }
    }
    await Promise.all(Array.from({ length: WIDTH }, worker))
    await runner.flush()
  }

  return {
    executions: [...planned.map(({ start: _start, ...execution }) => execution), running],
    run,
    async close(timeoutMs) {
      stop.abort()
      await backlog
      await runner.shutdown({ timeoutMs })
      await Promise.all([chatApi.close(), ticketApi.close()])
    },
  }
}
