import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Stats } from '../../src/http/schemas/compare.ts'
import type { SpanDetail, Summary } from '../../src/http/schemas/trace.ts'
import { launchBrowser } from '../helpers/browser.ts'
import { type JourneyTarget, openTrace, tracePath, treeRows } from './journey.ts'
import { sampleTarget, startSampleService, TOKEN } from './sample-service.ts'
import { artifact } from './sample-trace.ts'

// What the tab says where there is nothing to show, or less than was asked for.
const browser = await launchBrowser()
if (browser) await said(browser)
else t.pass('no browser on this machine')

async function said(browser: Browser): Promise<void> {
  const service = await startSampleService()
  t.teardown(async () => {
    await browser.close()
    await service.close()
  })
  const target = sampleTarget(service)
  const on = (name: string, run: (t: Test, page: Page, target: JourneyTarget) => Promise<void>) =>
    t.test(name, async (t) => {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      page.setDefaultTimeout(20_000)
      await run(t, page, target)
      await page.close()
    })
  await on('9 a model call says roles, tokens in, cached and out, cost, model and why it ended', call)
  await on('14 refused: nothing of the earlier trace is left, one request in 10 s, another opens', refused)
  await on('17 an empty and an unknown execution are told apart, and neither is an alarm', nothing)
  await on('16 one span that does not come: the detail speaks of the span, and can be tried again', oneSpan)
  await on('20 an artifact that is gone says so, and has no button', gone)
  await on('against the usual, a node of 10 ms is as readable as one of a minute', usual)
  await on('21 a dashboard opens with noopener; where none is configured there is no menu', dashboards)
}

function textOf(page: Page): Promise<string> {
  return page.evaluate(() => document.querySelector('trace-tab')?.shadowRoot?.textContent ?? '')
}

/** Changes an answer on its way. */
async function change<T>(page: Page, path: RegExp, edit: (body: T) => void): Promise<void> {
  await page.route(path, async (route) => {
    const response = await route.fetch()
    const body = (await response.json()) as T
    edit(body)
    await route.fulfill({ response, json: body })
  })
}

async function call(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  await openTrace(page, target)
  await treeRows(page).filter({ hasText: 'chat' }).first().click()
  await page.locator('.message').first().waitFor()
  const facts = await page.locator('.facts').innerText()
  for (const fact of [/Tokens in\s+[\d,]+/i, /[\d,]+ cached/i, /Tokens out\s+[\d,]+/i, /\$/, /stop/])
    t.match(facts, fact)
  t.match(facts, /gpt-4\.1-mini|claude-sonnet-4-5/)
  const roles = (await page.locator('.message').allInnerTexts()).join(' ').toLowerCase()
  for (const role of ['system', 'user', 'assistant']) t.match(roles, role)
}

async function refused(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  await openTrace(page, target)
  await treeRows(page).filter({ hasText: 'chat' }).first().click()
  await page.locator('.message').first().waitFor()
  t.match(await textOf(page), target.prompt)
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/trace?')) asked.push(request.url())
  })
  await page.evaluate(() => sessionStorage.setItem('workflow-trace.token', 'no-scope'))
  await page.locator('.rail-row', { hasText: target.other }).click()
  await page.locator('.state-card h2', { hasText: 'You may not see this trace' }).waitFor()
  t.equal(await treeRows(page).count(), 0)
  t.notMatch(await textOf(page), target.prompt)
  await page.waitForTimeout(10_000)
  t.equal(asked.length, 1, 'a refusal is not asked for again')
  await page.evaluate((token) => sessionStorage.setItem('workflow-trace.token', token), TOKEN)
  await page.locator('.rail-row', { hasText: target.execution }).click()
  await treeRows(page).first().waitFor()
}

async function nothing(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  const card = page.locator('.state-card')
  for (const [execution, title, text] of [
    ['exec-empty', 'No spans yet', 'Recording may be off, or the run has just started.'],
    [
      'nobody-knows-it',
      'Nothing to show here',
      'This execution does not exist, its trace was removed (retention period), or your token (workspace acme) may not see it.',
    ],
  ] as const) {
    await page.goto(`${target.url}${tracePath(target, execution)}#token=${target.token}`)
    await card.locator('h2', { hasText: title }).waitFor()
    t.equal(await card.locator('p').first().innerText(), text)
    t.equal(await page.locator('[role="alert"]').count(), 0, `${execution}: no alarm`)
    const colours = await card.evaluate((element) =>
      [element, ...element.querySelectorAll('h2, p, .state-icon')].map((one) => getComputedStyle(one).color),
    )
    for (const colour of colours) {
      const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number)
      t.notOk(red > 1.5 * Math.max(green, blue), `${execution}: ${colour} is not red`)
    }
    await page.goto('about:blank')
  }
  await page.goto(`${target.url}${tracePath(target, 'exec-empty')}#token=${target.token}`)
  const refresh = card.getByRole('button', { name: 'Refresh' })
  await refresh.waitFor()
  // its spans come
  await page.route(/exec-empty\/trace/, async (route) =>
    route.fulfill({
      response: await route.fetch({ url: route.request().url().replace('exec-empty', target.execution) }),
    }),
  )
  await refresh.click()
  await treeRows(page).nth(2).waitFor()
}

async function oneSpan(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  const span = /\/spans\/[0-9a-f]+/
  const problem = (status: number) => ({
    status,
    contentType: 'application/problem+json',
    body: JSON.stringify({ status, code: 'TRACE_NO', detail: 'No' }),
  })
  await openTrace(page, target)
  const card = page.locator('.span-pane .state-card')
  const retry = card.getByRole('button', { name: 'Try again' })
  const calls = treeRows(page).filter({ hasText: 'chat' })
  await page.route(span, (route) => route.abort())
  await calls.nth(0).click()
  t.match(await card.innerText(), /This span could not be loaded\s+The service does not answer\./)
  await page.unrouteAll()
  await page.route(span, (route) => route.fulfill(problem(500)))
  await retry.click()
  await card.getByText('No.', { exact: true }).waitFor()
  t.match(await card.innerText(), /This span could not be loaded/)
  t.ok((await treeRows(page).count()) > 1, 'the trace stays')
  await page.unrouteAll()
  await retry.click()
  await page.locator('.message').first().waitFor()
  await page.route(span, (route) => route.fulfill(problem(404)))
  await calls.nth(1).click()
  t.match(await card.innerText(), /This span is no longer stored, or your token may not see it\./)
}

async function gone(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  await change<SpanDetail>(page, /\/spans\/[0-9a-f]+/, (span) => {
    const one = artifact(span.span_id)
    span.artifacts = [
      { ...one, download_id: null, state: 'gone' },
      // it goes while the page is looked at
      { ...one, id: 'later', name: 'later.pdf', download_id: 'later-gone' },
    ]
  })
  await openTrace(page, target)
  await treeRows(page).filter({ hasText: 'chat' }).first().click()
  await page.getByRole('tab', { name: /Links/ }).click()
  const later = page.locator('.artifact', { hasText: 'later.pdf' })
  await later.getByRole('button', { name: 'Download' }).click()
  await later.getByText('No longer stored').waitFor()
  t.equal(await later.getByRole('button').count(), 0)
  const row = page.locator('.artifact').first()
  t.match(await row.innerText(), /reply\.pdf/)
  t.match(await row.innerText(), /removed|gone|no longer|expired/i)
  t.equal(await row.getByRole('button').count(), 0)
}

async function usual(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  await change<Summary>(page, /\/trace\/summary/, (summary) => {
    const [first, second] = summary.by_node
    if (!first || !second) throw new Error('the sample has two nodes')
    summary.by_node = [
      { ...first, calls: 1, duration_ms: 60_000 },
      { ...second, calls: 1, duration_ms: 11 },
    ]
  })
  await change<Stats>(page, /\/stats/, (stats) => {
    for (const node of stats.nodes) Object.assign(node, { runs: 50, p50_ms: 10, p95_ms: 20 })
  })
  await page.goto(`${target.url}${tracePath(target, target.execution)}?view=metrics#token=${target.token}`)
  await page.locator('.usual-row').nth(2).waitFor()
  const small = page.locator('.usual-row').nth(2)
  const [track, band, mark] = await Promise.all(
    ['.usual-track', '.usual-band', '.usual-mark'].map((part) => small.locator(part).boundingBox()),
  )
  if (!track || !band || !mark) throw new Error('a part is not drawn')
  t.ok(band.width > track.width / 4, `${band.width} of ${track.width} px`)
  t.ok(mark.x > band.x && mark.x < band.x + band.width / 2, '11 ms is near the 10 of the median')
  t.ok(band.x + band.width <= track.x + track.width, 'nothing is beyond the end')
  t.match(await page.locator('section[aria-label="Against the usual"]').innerText(), /own scale/)
}

async function dashboards(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  await openTrace(page, target)
  await page.getByRole('button', { name: 'Open in' }).click()
  const link = page.locator('.menu-list a').first()
  t.match(await link.getAttribute('rel'), /noopener/)
  t.equal(await link.getAttribute('target'), '_blank')
  t.match(await link.innerText(), /grafana\.example/, 'it names its host')
  await page.goto('about:blank')
  await change<Summary>(page, /\/trace\/summary/, (summary) => {
    summary.links = links
  })
  let links: Summary['links'] = []
  const absent = async (why: string) => {
    await openTrace(page, target)
    await page.locator('.strip .count .value', { hasText: /\d/ }).nth(1).waitFor()
    t.equal(await page.getByRole('button', { name: 'Open in' }).count(), 0, why)
  }
  await absent('none is configured')
  await page.goto('about:blank')
  links = ['http://plain.example/', 'javascript:alert(1)'].map((url) => ({ name: 'Odd', url }))
  await absent('none is one of https')
}
