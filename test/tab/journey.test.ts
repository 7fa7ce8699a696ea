import type { Browser, Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchBrowser } from '../helpers/browser.ts'
import { violations } from './axe.ts'
import { focused, type JourneyTarget, openTrace, tracePath, treeRows, walk } from './journey.ts'
import { type SampleService, sampleTarget, startSampleService, TOKEN } from './sample-service.ts'

const journey = async (browser: Browser): Promise<void> => {
  const service = await startSampleService({ big: true, basePath: '/traces' })
  t.teardown(async () => {
    await browser.close()
    await service.close()
  })
  const target = sampleTarget(service)
  const newPage = async (options: { width?: number; height?: number; scheme?: 'light' | 'dark' } = {}) => {
    const page = await browser.newPage({
      viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
      colorScheme: options.scheme ?? 'light',
      bypassCSP: false,
    })
    page.setDefaultTimeout(20_000)
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    return Object.assign(page, { errors })
  }

  await t.test('the walk of a reader', async (t) => {
    const page = await newPage()
    await walk(t, page, target)
    t.same(page.errors, [])
    await page.close()
  })
  await t.test('a link to a span opens it, with its ancestors, in view', async (t) =>
    deepLink(t, await newPage(), target, service),
  )
  await t.test('50,000 spans are smooth and all reachable', async (t) =>
    big(t, await newPage(), await newPage(), target),
  )
  await t.test('hostile prompts do nothing', async (t) => hostile(t, await newPage(), target, service))
  await t.test('refusals and errors', async (t) => refusals(t, await newPage(), target, service))
  await t.test('a phone', async (t) => phone(t, await newPage({ width: 390, height: 844 }), target))
  for (const scheme of ['light', 'dark'] as const) {
    await t.test(`no serious accessibility violation, ${scheme}`, async (t) => {
      const page = await newPage({ scheme })
      for (const path of [
        tracePath(target, 'exec-0418'),
        tracePath(target, 'exec-0417'),
        `${tracePath(target, 'exec-0418')}?tab=execution`,
        `${tracePath(target, 'exec-0418')}?critical=1&q=chat`,
        ...['graph', 'metrics', 'log', 'compare&with=exec-0419'].map(
          (view) => `${tracePath(target, 'exec-0418')}?view=${view}`,
        ),
        tracePath(target, 'exec-empty'),
        tracePath(target, 'nope'),
        '/',
      ]) {
        await page.goto(`${target.url}${path}#token=${TOKEN}`)
        await page
          .locator('.tree-row, .usage, .state-card, .workflow-card, .node-card, .log-messages')
          .first()
          .waitFor()
        await page.waitForTimeout(400)
        t.same(await violations(page), [], path)
      }
      await page.close()
    })
  }
  t.same(service.reports, [], 'the content security policy was never violated')
}

async function deepLink(t: Tap, page: Page, target: JourneyTarget, service: SampleService): Promise<void> {
  const spans = service.samples.get('exec-0419')?.list ?? []
  const wanted = spans.findLast((span) => span.kind === 'downstream')
  await openTrace(page, target, 'exec-0419', `?span=${wanted?.id}`)
  const row = page.locator('.tree-row.selected')
  await row.waitFor()
  t.equal(await row.getAttribute('aria-level'), '4')
  t.ok(await comesIntoView(row), 'it is in view')
  await page.locator('.span-title h3', { hasText: 'GET orders.internal' }).waitFor()
  t.ok(true, 'its detail is open')
  await openTrace(page, target, 'exec-0419', `?kind=embedding&span=${wanted?.id}`)
  await page.locator('.tree-row.selected[aria-level="4"]').waitFor()
  t.ok(await comesIntoView(row), 'nor does a filter hide it')
  await page.close()
}

/** Whether the element comes to be within its tree: a row that has the focus is in the DOM beyond it too. */
async function comesIntoView(row: Locator): Promise<boolean> {
  for (let times = 0; times < 40; times++) {
    const within = await row.evaluate((element) => {
      const [inner, outer] = [element, element.closest('.tree')].map((one) => one?.getBoundingClientRect())
      return inner && outer && inner.top >= outer.top && inner.bottom <= outer.bottom
    })
    if (within) return true
    await row.page().waitForTimeout(50)
  }
  return false
}

async function big(t: Tap, page: Page, small: Page, target: JourneyTarget): Promise<void> {
  await openTrace(page, target, 'exec-50k')
  const grid = page.locator('[role="treegrid"]')
  await page.waitForFunction(
    () =>
      document
        .querySelector('trace-tab')
        ?.shadowRoot?.querySelector('[role="treegrid"]')
        ?.getAttribute('aria-rowcount') === '50001',
  )
  await treeRows(page).first().focus()
  await page.keyboard.press('End')
  t.equal((await focused(page)).role, 'row')
  await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2))
  await page.waitForTimeout(100)
  t.ok((await treeRows(page).count()) <= 300, 'few rows are in the DOM')
  t.equal(await page.locator('.tree [tabindex="0"]').count(), 1)
  t.equal((await focused(page)).role, 'row', 'the focus survives being scrolled out')
  await openTrace(small, target, 'exec-0419')
  const frames = { small: Number.POSITIVE_INFINITY, big: Number.POSITIVE_INFINITY }
  for (let round = 0; round < 3; round++) {
    frames.small = Math.min(frames.small, await scrollFrame(small))
    frames.big = Math.min(frames.big, await scrollFrame(page))
  }
  t.comment(
    `frame of a scroll: ${frames.big.toFixed(1)} ms of 50,000 rows, ${frames.small.toFixed(1)} of 500`,
  )
  t.ok(frames.big < 2 * frames.small, 'a scroll costs what it shows, not what there is')
  await small.close()
  await page.close()
}

/** The median frame of sixty leaps all over a trace, each of which shows other rows: milliseconds. */
function scrollFrame(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const tree = document.querySelector('trace-tab')?.shadowRoot?.querySelector('.tree')
    const times: number[] = []
    for (let n = 0; n < 60 && tree; n++) {
      const before = performance.now()
      tree.scrollTop = (tree.scrollHeight - tree.clientHeight) * ((n * 0.618) % 1)
      await new Promise((done) => requestAnimationFrame(done))
      times.push(performance.now() - before)
    }
    return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
  })
}

async function hostile(t: Tap, page: Page, target: JourneyTarget, service: SampleService): Promise<void> {
  const outside: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(target.url)) outside.push(request.url())
  })
  await openTrace(page, target)
  await treeRows(page).filter({ hasText: 'claude' }).first().click()
  await page.locator('.message').first().waitFor()
  t.match(await page.locator('.conversation').innerText(), /<script>/, 'plain text shows it as it is')
  await page.getByRole('button', { name: 'Markdown' }).click()
  await page.locator('.markdown').first().waitFor()
  t.equal(await page.locator('.markdown img, .markdown iframe, .markdown script, .markdown svg').count(), 0)
  const links = await page.locator('.markdown a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
  t.ok(
    links.every((href) => href?.startsWith('https://')),
    'no address that runs anything',
  )
  t.equal(await page.evaluate(() => 'pwned' in globalThis), false)
  t.same(outside, [], 'nothing was asked of another host')
  t.same(service.reports, [])
  await page.close()
}

async function refusals(t: Tap, page: Page, target: JourneyTarget, service: SampleService): Promise<void> {
  const title = page.locator('.state-card h2')
  await openTrace(page, target, 'exec-0418')
  await page.goto(`${target.url}${tracePath(target, 'exec-0418')}#token=no-scope`)
  await title.filter({ hasText: 'You may not see this trace' }).first().waitFor()
  t.equal(await treeRows(page).count(), 0, 'nothing of the earlier trace is left')
  const path = `/traces/api/executions/exec-0418/trace?view=skeleton&limit=1000`
  const asked = service.seen.get(path)
  await page.waitForTimeout(2_500)
  t.equal(service.seen.get(path), asked, 'a refusal is not retried')

  await page.evaluate(() => sessionStorage.clear())
  await page.reload()
  await page.locator('input[type="password"]').fill(TOKEN)
  await page.getByRole('button', { name: 'Open traces' }).click()
  await treeRows(page).first().waitFor()
  t.pass('a pasted token opens the trace')

  service.breakWith(503)
  await page.reload()
  await title.filter({ hasText: 'could not be loaded' }).waitFor()
  t.match(await page.locator('.state-card').innerText(), /req-1234/)
  service.breakWith(null)
  await page.getByRole('button', { name: 'Try again' }).click()
  await treeRows(page).first().waitFor()
  await page.goto(`${target.url}${tracePath(target, 'exec-empty')}`)
  await title.filter({ hasText: 'No spans yet' }).waitFor()
  await page.close()
}

async function phone(t: Tap, page: Page, target: JourneyTarget): Promise<void> {
  await openTrace(page, target)
  const tree = page.url()
  await treeRows(page).filter({ hasText: 'chat' }).first().click()
  await page.locator('.message').first().waitFor()
  await page.goBack()
  await page.waitForURL(tree)
  t.equal(await page.locator('.span-pane').count(), 0, 'Back closes the sheet')
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    t.equal(wide, false, `no horizontal scroll at ${width}`)
  }
  for (const view of ['graph', 'metrics', 'log', 'compare']) {
    await page.goto(`${target.url}${tracePath(target, 'exec-0418')}?view=${view}`)
    await page.locator('.node-card, .chart, .log-messages, .compare-picker').first().waitFor()
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    t.equal(wide, false, `24 no horizontal scroll at 320 in ${view}`)
  }
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 })
    await page.goto(`${target.url}${tracePath(target, 'exec-0418')}?view=compare&with=exec-0419`)
    await page.getByRole('button', { name: 'Show what differs' }).first().click()
    await page.locator('.difference').first().waitFor()
    const beyond = await page
      .locator('.compare .table-frame')
      .evaluateAll((frames) => frames.map((frame) => frame.scrollWidth - frame.clientWidth))
    t.same(beyond, [0, 0], `a comparison is read without scrolling sideways at ${width}`)
    t.match(await page.locator('.compare-nodes').ariaSnapshot(), /table[\s\S]*columnheader[\s\S]*rowheader/)
  }
  await page.close()
}

type Tap = Test

const browser = await launchBrowser()
if (browser) await journey(browser)
else t.pass('no browser on this machine')
