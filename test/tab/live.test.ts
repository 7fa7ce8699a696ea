import type { Browser, Page } from 'playwright-core'
import t from 'tap'
import { wireService } from '../contract/door.ts'
import { launchBrowser } from '../helpers/browser.ts'
import { Toxic } from '../helpers/toxic.ts'
import { token } from '../http/service.ts'
import { treeRows } from './journey.ts'
import { onPage } from './on-page.ts'
import { otlpBody, type Run, type SentSpan, smallRun } from './otlp-run.ts'

// What a running execution of the built service becomes on the page while it is looked at.
const everything = token({ scope: 'traces:write traces:read content:read' })

const browser = await launchBrowser()
if (browser) await live(browser)
else t.pass('no browser on this machine')

async function live(browser: Browser): Promise<void> {
  const url = await wireService(t)
  const network = await Toxic.start(t, { port: Number(new URL(url).port) })
  t.teardown(() => browser.close())
  const send = async (run: Run, spans: SentSpan[]) => {
    const headers = { authorization: `Bearer ${everything}`, 'content-type': 'application/json' }
    const sent = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body: otlpBody(run, spans) })
    if (sent.status !== 200) throw new Error(`${sent.status} ${await sent.text()}`)
  }
  const open = async (page: Page, run: Run) => {
    await page.goto(
      `http://127.0.0.1:${network.port}/workflows/support/executions/${run.execution}/trace#token=${everything}`,
    )
    await page.locator('.live').waitFor()
  }
  const runOf = (execution: string, digit: string): Run => ({
    execution,
    digit,
    startMs: Date.now() - 60_000,
  })
  const begun = (run: Run) => {
    const [root, node, call] = smallRun(run) as [SentSpan, SentSpan, SentSpan]
    return { root: { ...root, to: null }, ended: root, node, call }
  }
  const on = onPage(browser)
  const bars = (page: Page) =>
    treeRows(page).evaluateAll((rows) =>
      rows.flatMap((row) => {
        const bar = row.querySelector<HTMLElement>('.bar')
        return bar
          ? [[row.getAttribute('aria-label')?.split(',')[0] ?? '', Number.parseFloat(bar.style.left)]]
          : []
      }),
    )

  await on(
    '8 a parent that comes while one looks takes its place, above the spans that waited',
    async (t, page) => {
      const run = runOf('late-live', 'a')
      const { root, ended, node, call } = begun(run)
      await send(run, [root, call])
      await open(page, run)
      await page.locator('.missing-parent').waitFor()
      await send(run, [node])
      await page.locator('.missing-parent').waitFor({ state: 'detached' })
      t.equal(await page.locator('.tree').getAttribute('aria-rowcount'), '4')
      t.same(await treeRows(page).evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-level'))), [
        '1',
        '2',
        '3',
      ])
      await send(run, [ended])
      await page.locator('.live').waitFor({ state: 'detached' })
    },
  )

  await on(
    '18 a span that began before all others, and comes later, moves them along the time',
    async (t, page) => {
      const run = runOf('early-live', 'b')
      const { root, node, call } = begun(run)
      // its root is the last to come, as where spans are sent when they end
      await send(run, [{ ...node, from: 2_000, to: 4_000 }])
      await send(run, [{ ...root, id: 9, parent: 1, from: 2_000 }])
      await open(page, run)
      await treeRows(page).nth(1).waitFor()
      await send(run, [{ ...call, parent: 1, name: 'the first', from: 0, to: 1_000 }])
      await treeRows(page).filter({ hasText: 'the first' }).waitFor()
      await page.waitForFunction(() => {
        const root = document.querySelector('trace-tab')?.shadowRoot
        const bars = [...(root?.querySelectorAll<HTMLElement>('.tree-row .bar') ?? [])]
        return bars.filter((bar) => Number.parseFloat(bar.style.left) > 0).length === 2
      })
      t.match(Object.fromEntries(await bars(page)), { 'the first': 0 })
    },
  )

  await on('19 what is written while the stream is away is there when it is back', async (t, page) => {
    const run = runOf('cut-live', 'c')
    const { root, ended, node, call } = begun(run)
    await send(run, [root])
    await open(page, run)
    const streams: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/stream')) streams.push(request.url())
    })
    await send(run, [node])
    await treeRows(page).nth(1).waitFor()
    // the network is gone, and what is open with it
    streams.length = 0
    await network.refuse()
    network.reset()
    await send(run, [call, { ...node, id: 4, from: 100, to: null }])
    await page.locator('.live.waiting').waitFor()
    const asked = new Set(streams)
    await network.heal()
    await treeRows(page).nth(3).waitFor()
    await page.locator('.live:not(.waiting)').waitFor()
    t.equal(await page.locator('.tree').getAttribute('aria-rowcount'), '5', 'none twice')
    t.equal(asked.size, 1, 'asked for behind the last that came, each time')
    await send(run, [ended, { ...node, id: 4, from: 100 }])
    await page.locator('.live').waitFor({ state: 'detached' })
    const answer = await fetch(`${url}/api/executions/${run.execution}/trace/summary`, {
      headers: { authorization: `Bearer ${everything}` },
    })
    t.equal(((await answer.json()) as { span_count: number }).span_count, 4, 'as the service counts')
    t.equal(await page.locator('.tree').getAttribute('aria-rowcount'), '5')
  })
}
