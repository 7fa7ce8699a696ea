import t from 'tap'
import { launchBrowser } from '../helpers/browser.ts'
import { realService } from '../http/real-service.ts'
import { token } from '../http/service.ts'
import { walk } from './journey.ts'
import { otlpBody, smallRun } from './otlp-run.ts'

const everything = { scope: 'traces:write traces:read content:read' }

const browser = await launchBrowser()
t.test(
  'the walk of a reader, on the service itself',
  { skip: browser ? false : 'no browser here' },
  async (t) => {
    if (!browser) return
    t.teardown(() => browser.close())
    const { app } = await realService(t, { TRACE_BASE_PATH: '/traces' })
    const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/traces`
    for (const [execution, digit] of [
      ['run-1', 'a'],
      ['run-2', 'b'],
    ] as const) {
      const run = { execution, digit, startMs: Date.now() - 60_000 }
      const sent = await fetch(`${url}/v1/traces`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token(everything)}`, 'content-type': 'application/json' },
        body: otlpBody(run, smallRun(run)),
      })
      t.equal(sent.status, 200, await sent.text())
    }
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    page.setDefaultTimeout(20_000)
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await walk(t, page, {
      url,
      token: token(everything),
      otherToken: token({ ...everything, workflows: ['other'] }),
      workflow: 'support',
      execution: 'run-1',
      other: 'run-2',
      prompt: /two-person tent/,
      answer: /by express/,
    })
    t.same(errors, [])
  },
)
