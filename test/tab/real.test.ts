import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { wireService } from '../contract/door.ts'
import { launchBrowser } from '../helpers/browser.ts'
import { token } from '../http/service.ts'
import { treeRows } from './journey.ts'
import { modelCall, otlpBody, type Run, type SentSpan, smallRun, spanIdOf } from './otlp-run.ts'

// The built service as a process of its own, its tab, and spans as a runner sends them.
const writer = token({ scope: 'traces:write artifacts:write' })
const reader = token({ scope: 'traces:read content:read artifacts:read content:reveal' })
const SECRET = 'sk-proj-9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d'
const EMAIL = 'ingrid.solheim@example.org'

const browser = await launchBrowser()
if (browser) await real(browser)
else t.pass('no browser on this machine')

async function real(browser: Browser): Promise<void> {
  const url = await wireService(t)
  t.teardown(() => browser.close())
  const send = async (run: Run, spans: SentSpan[]) => {
    const sent = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${writer}`, 'content-type': 'application/json' },
      body: otlpBody(run, spans),
    })
    if (sent.status !== 200) throw new Error(`${sent.status} ${await sent.text()}`)
  }
  const runOf = (execution: string, digit: string): Run => ({
    execution,
    digit,
    startMs: Date.now() - 60_000,
  })
  const open = (page: Page, execution: string, query = '', as = reader) =>
    page.goto(`${url}/workflows/support/executions/${execution}/trace${query}#token=${as}`)
  const on = (name: string, run: (t: Test, page: Page) => Promise<void>) =>
    t.test(name, async (t) => {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, acceptDownloads: true })
      page.setDefaultTimeout(30_000)
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      await run(t, page)
      t.same(errors, [])
      await page.close()
    })

  await on('18 spans of a running execution come by themselves, and its end', async (t, page) => {
    const run = runOf('live-1', '1')
    const [root, node, call] = smallRun(run) as [SentSpan, SentSpan, SentSpan]
    await send(run, [{ ...root, to: null }, node])
    await open(page, 'live-1')
    await page.locator('.live').waitFor()
    await treeRows(page).nth(1).click()
    const selected = await page.locator('.tree-row.selected').getAttribute('aria-label')
    const since = Date.now()
    await send(run, [call])
    await treeRows(page).filter({ hasText: 'chat gpt-4o-mini' }).waitFor()
    t.comment(`a span was there ${Date.now() - since} ms after it was sent`)
    t.equal(await page.locator('.tree-row.selected').getAttribute('aria-label'), selected)
    await send(run, [root])
    await page.locator('.live').waitFor({ state: 'detached' })
    t.equal(await page.locator('.tree').getAttribute('aria-rowcount'), '4')
  })

  await on('8 a parent that comes late takes its place', async (t, page) => {
    const run = runOf('late-1', '2')
    const [root, node, call] = smallRun(run) as [SentSpan, SentSpan, SentSpan]
    await send(run, [root, call])
    await open(page, 'late-1')
    await page.locator('.missing-parent').waitFor()
    t.match(await page.locator('.notices').innerText(), /parent/i, 'a line says so')
    await send(run, [node])
    await page.reload()
    await treeRows(page).nth(2).waitFor()
    t.equal(await page.locator('.missing-parent').count(), 0)
    t.equal(await treeRows(page).nth(2).getAttribute('aria-level'), '3')
  })

  await on('13 what is masked can be revealed; a secret is nowhere', async (t, page) => {
    const run = runOf('masked-1', '3')
    const user = `My address is ${EMAIL} and the key is ${SECRET}.`
    await send(run, smallRun(run, { user }))
    const replies: string[] = []
    page.on('response', (answer) => {
      if (answer.url().includes('/api/'))
        answer.text().then(
          (text) => replies.push(text),
          () => {},
        )
    })
    await open(page, 'masked-1', `?span=${spanIdOf(run, 3)}`)
    await page.locator('.message').first().waitFor()
    const body = page.locator('.span-body')
    t.notMatch(await body.innerText(), EMAIL)
    t.ok((await body.locator('.redacted').count()) > 0, 'a chip says what was there')
    await page.getByRole('button', { name: 'Show masked values' }).click()
    await page.getByLabel('Why do you need to see it?').fill('The customer asked for a call')
    await page.getByRole('button', { name: 'Show and record' }).click()
    await body.filter({ hasText: EMAIL }).waitFor()
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
    const seen = (await page.locator('.app').innerHTML()) + kept + replies.join('\n')
    t.notMatch(seen, SECRET, 'not in the page, nor in any answer, nor in storage')
  })

  await on('compare, message search and span events', async (t, page) => {
    const runs = [runOf('first-1', '4'), runOf('second-1', '5')] as const
    for (const [n, run] of runs.entries()) {
      const spans = smallRun(run, { user: n === 0 ? 'Where is my tent?' : 'Where is my canoe?' })
      const call = spans[2] as SentSpan
      call.events = [{ name: 'first token', at: 400, values: { chunk: 1 } }]
      await send(run, spans)
    }
    await open(page, 'second-1')
    await page.getByLabel('Search names and messages').fill('canoe')
    await page.locator('.tree-row.match', { hasText: 'chat gpt-4o-mini' }).waitFor()
    t.equal(await page.locator('.tree-row.match').count(), 1, 'only the call whose prompt has the word')
    await page.getByRole('tab', { name: 'Log' }).click()
    await page.locator('.log-events', { hasText: 'first token' }).waitFor()
    await open(page, 'second-1', '?view=compare&with=first-1')
    await page.getByRole('button', { name: 'Show what differs' }).first().click()
    const difference = await page.locator('.difference').innerText()
    t.match(difference, /tent/)
    t.match(difference, /canoe/)
    await page.getByRole('tab', { name: 'Metrics' }).click()
    await page.locator('section[aria-label="Against the usual"]').waitFor()
    t.match(await page.locator('.usual-row').nth(1).innerText(), /answer/)
  })

  await on(
    '20 an artifact has the bytes and the name that were uploaded; export is OTLP',
    async (t, page) => {
      const run = runOf('files-1', '6')
      await send(run, smallRun(run))
      const bytes = Buffer.from('Zahlen;ü\r\n1;2\r\n')
      const put = await fetch(`${url}/api/executions/files-1/artifacts/report`, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${writer}`,
          'content-type': 'text/csv',
          'x-artifact-name': encodeURIComponent('Zahlen ü.csv'),
        },
        body: bytes,
      })
      t.ok(put.ok, await put.text())
      const leaks: string[] = []
      page.on('request', (request) => {
        if (request.url().includes(reader)) leaks.push(request.url())
      })
      await open(page, 'files-1', '?tab=execution')
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download' }).first().click(),
      ])
      t.equal(file.suggestedFilename(), 'Zahlen ü.csv')
      t.same(readFileSync(await file.path()), bytes)
      await page.getByRole('button', { name: 'More' }).click()
      const [trace] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Export OTLP/JSON' }).click(),
      ])
      const exported = readFileSync(await trace.path(), 'utf8')
      t.ok(Array.isArray(JSON.parse(exported).resourceSpans))
      t.match(exported, spanIdOf(run, 3))
      t.same(leaks, [], 'no token in any address')
    },
  )

  await on('14 what a token may not see does not exist, and is asked for once', async (t, page) => {
    const asked: string[] = []
    page.on('request', (request) => {
      if (/\/trace\?view=skeleton/.test(request.url())) asked.push(request.url())
    })
    const other = token({ scope: 'traces:read content:read', workflows: ['another'] })
    await open(page, 'files-1', '', other)
    await page.locator('.state-card', { hasText: 'Nothing to show here' }).waitFor()
    await page.waitForTimeout(3_000)
    t.equal(asked.length, 1)
    t.equal(await treeRows(page).count(), 0)
    await page.goto('about:blank')
    await open(page, 'nobody-knows-it', '', reader)
    await page.locator('.state-card', { hasText: 'Nothing to show here' }).waitFor()
    await page.locator('.rail-row', { hasText: 'files-1' }).click()
    await treeRows(page).first().waitFor()
    t.pass('an allowed one opens')
  })

  await on('9 a price that nobody knows is a dash', async (t, page) => {
    const run = runOf('unpriced-1', '7')
    const call = { ...modelCall({ user: 'Hi', answer: 'Hello' }), 'gen_ai.request.model': 'house-model-3' }
    await send(run, [...smallRun(run).slice(0, 2), { ...(smallRun(run)[2] as SentSpan), values: call }])
    await open(page, 'unpriced-1', `?span=${spanIdOf(run, 3)}`)
    await page.locator('.message').first().waitFor()
    const facts = await page.locator('.facts').innerText()
    t.match(facts, /812/)
    t.match(facts, /Cost\s+–/)
    t.match(facts, /stop/, 'the finish reason')
    t.match(await page.locator('.strip').innerText(), /Cost\s+–/)
  })
}
