import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { Span } from '../../src/model/span.ts'
import { span } from '../helpers/span.ts'
import { type RealService, realService } from './real-service.ts'

const writer = { workspace: 'default', workflows: ['*'] }

export const id = (short: string) => short.padStart(16, '0')

const running = { endNs: null, status: 'running' } as const

/** An execution that runs, and what a test does with it. */
export async function begun(t: Test) {
  const service = await realService(t)
  const { url, stream } = await listening(service)
  const write = (...spans: Span[]) => service.store.writeSpans(writer, spans)
  await write(span('1', 'a', null, { executionId: 'run', workflowId: 'wf', ...running }))
  return { service, url, write, stream }
}

/** Where a service is asked for the execution, once it listens. */
export async function listening({ app }: RealService) {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/api/executions/run`
  return { url, stream: `${url}/trace/stream` }
}
