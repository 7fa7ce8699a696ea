import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchBrowser } from '../helpers/browser.ts'
import { focused, type JourneyTarget, openTrace, tracePath, treeRows } from './journey.ts'
import { onPage } from './on-page.ts'
import { type SampleService, sampleTarget, startSampleService, TOKEN, WORKFLOW } from './sample-service.ts'

// Statements of the specification that no other walk passes by; their numbers are in the names.
async function statements(browser: Browser): Promise<void> {
  const service = await startSampleService({ big: true })
  t.teardown(async () => {
    await browser.close()
    await service.close()
  })
  const target = sampleTarget(service)
  const on = onPage(browser, {}, () => service.breakWith(null))
  await on(
    '1 the first row needs two requests in a row: the page, and its script with the spans',
    async (t, page) => {
      await openTrace(page, target, 'exec-0419')
      const [now = 0, spans = 0, list = 0] = await page.evaluate(() => {
        const all = performance.getEntriesByType('resource')
        const starts = ['view=skeleton', 'executions?'].map(
          (part) => all.find((entry) => entry.name.includes(part))?.startTime ?? Number.NaN,
        )
        return [performance.now(), ...starts]
      })
      t.ok(spans < list, 'the spans are asked for before anything is drawn')
      t.comment(`first row after ${Math.round(now)} ms`)
      t.ok(now < 10_000, 'even on a busy machine')
    },
  )
  await on('1 the spans are asked for before the tab itself has come', async (t, page) => {
    let times = 0
    page.on('request', (request) => {
      if (request.url().includes('view=skeleton')) times += 1
    })
    const asked = page.waitForRequest(/view=skeleton/)
    // the script of the tab comes only once the spans were asked for: it would wait for ever
    await page.route(/assets\/index-.*\.js/, async (route) => {
      await asked
      await route.continue()
    })
    await openTrace(page, target, 'exec-0419')
    t.equal(times, 1, 'and only once')
  })
  await on('5, 6 the keys: folding, one stop for Tab, and what follows when they rest', keys(target))
  await on('8 every span can be reached, orphans below a missing parent', reach(target, service))
  await on('12 an image of another host is asked for when its button is pressed', images(target, service))
  await on('16 an error keeps the last good trace, and says since when it is old', stale(target, service))
  await on('18 of a running execution of many pages, only what came since is new', paged(target, service))
  await on('22 more than the cap: x of y, more on demand, the service searches', cap(target, service))
  await on('the path of what is scrolled out; the usual times; tools; the critical path', extras(target))
  await on('24 a phone: large targets, the overview behind Zoom, Back closes the sheet', phone(target))
}

const keys = (target: JourneyTarget) => async (t: Test, page: Page) => {
  await openTrace(page, target, 'exec-0419')
  await treeRows(page).first().focus()
  const address = page.url()
  for (let n = 0; n < 12; n++) await page.keyboard.press('ArrowDown')
  t.equal((await focused(page)).role, 'row')
  t.equal(
    await page.locator('.tree-row.selected').getAttribute('tabindex'),
    '0',
    'selected is where the focus is',
  )
  await page.waitForURL((url) => url.href !== address && url.searchParams.has('span'))
  t.equal(await page.locator('.tree [tabindex="0"]').count(), 1)
  await page.keyboard.press('Tab')
  t.not((await focused(page)).role, 'row', 'Tab leaves the tree')
  await page.keyboard.press('Shift+Tab')
  t.equal((await focused(page)).role, 'row', 'and comes back to the row')
  await page.keyboard.press('End')
  t.equal(
    await page.locator('.tree-row:focus').getAttribute('aria-rowindex'),
    await page.locator('.tree').getAttribute('aria-rowcount'),
    'End is the last row',
  )
  await page.keyboard.press('Home')
  await page.locator('.tree-row[aria-level="1"]:focus').waitFor()
  const rows = async () => Number(await page.locator('.tree').getAttribute('aria-rowcount'))
  const all = await rows()
  await page.keyboard.press('ArrowLeft')
  await page.waitForFunction(
    (count) =>
      Number(
        document
          .querySelector('trace-tab')
          ?.shadowRoot?.querySelector('.tree')
          ?.getAttribute('aria-rowcount'),
      ) < count,
    all,
  )
  t.equal(await rows(), 2, 'Left folds')
  await page.keyboard.press('ArrowRight')
  t.equal(await rows(), all, 'Right unfolds')
  await page.keyboard.press('ArrowRight')
  t.equal(
    await page.locator('.tree [tabindex="0"]').getAttribute('aria-rowindex'),
    '3',
    'then the first child',
  )
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  t.equal(
    await page.locator('.tree [tabindex="0"]').getAttribute('aria-rowindex'),
    '2',
    'Left: fold, then the parent',
  )
  await page.locator('.tree').evaluate((tree) => tree.scrollTo(0, 6_000))
  await page.waitForTimeout(200)
  await page.keyboard.press('ArrowDown')
  t.equal(
    await page.locator('.tree [tabindex="0"]').getAttribute('aria-rowindex'),
    '3',
    'the focus was kept while its row was scrolled out',
  )
  await page.keyboard.press('/')
  await page.locator('.search input:focus').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('.tree-row:focus').waitFor()
  for (const view of ['Metrics', 'Timeline']) {
    await page.keyboard.press('m')
    await page.locator('.views button:focus', { hasText: view }).waitFor()
  }
}

const reach = (target: JourneyTarget, service: SampleService) => async (t: Test, page: Page) => {
  const spans = service.samples.get('exec-0417')?.list ?? []
  await openTrace(page, target, 'exec-0417')
  const tree = page.locator('.tree')
  const seen = new Map<string, string>()
  const height = await tree.evaluate((element) => element.scrollHeight)
  for (let top = 0; top < height; top += 300) {
    await tree.evaluate((element, at) => element.scrollTo(0, at), top)
    await page.waitForTimeout(60)
    for (const [index, label] of await treeRows(page).evaluateAll((rows) =>
      rows.map((row) => [row.getAttribute('aria-rowindex') ?? '', row.getAttribute('aria-label') ?? '']),
    )) {
      if (index) seen.set(index, label ?? '')
    }
  }
  const missing = [...seen.values()].filter((label) => label.startsWith('Missing parent')).length
  t.ok(missing > 0)
  t.equal(seen.size, spans.length + missing)
  t.equal(await tree.getAttribute('aria-rowcount'), String(seen.size + 1))
}

const stale = (target: JourneyTarget, service: SampleService) => async (t: Test, page: Page) => {
  // Without a stream the tab looks now and then.
  await page.route(/\/trace\/stream/, (route) => route.fulfill({ status: 404, body: '' }))
  await openTrace(page, target, 'exec-live')
  const rows = await page.locator('.tree').getAttribute('aria-rowcount')
  service.breakWith(503)
  const notice = page.locator('.notice', { hasText: 'This is how it was at' })
  await notice.waitFor({ timeout: 60_000 })
  t.equal(await page.locator('.tree').getAttribute('aria-rowcount'), rows, 'the trace is still there')
  const said = await notice.innerText()
  t.match(said, /^The database is away; try again\. This is how it was at [\w ,:]+\./)
  t.match(said, /Request req-1234/)
  // it looks again by itself, after 1, 2, 4 seconds, and none of that is a good answer
  const looks = () =>
    [...service.seen].reduce((all, [path, n]) => all + (/exec-live.*skeleton/.test(path) ? n : 0), 0)
  const before = looks()
  while (looks() < before + 2) await page.waitForTimeout(200)
  await page.waitForTimeout(500)
  t.equal(await notice.innerText(), said, 'it is as old as its last good answer')
  service.breakWith(null)
  await notice.getByRole('button', { name: 'Try again' }).click()
  await notice.waitFor({ state: 'detached', timeout: 60_000 })
}

// More rows than one page has: none of those that come with the others is news.
const paged = (target: JourneyTarget, service: SampleService) => async (t: Test, page: Page) => {
  await openTrace(page, target, 'exec-live-2k')
  const shows = (rows: number) =>
    page.locator(`.tree[aria-rowcount="${rows + 1}"]`).waitFor({ state: 'attached' })
  const sample = service.samples.get('exec-live-2k')
  if (!sample) throw new Error('there is no such sample')
  const { length } = sample.list
  await shows(length)
  await page.locator('.live').waitFor()
  t.equal(await page.locator('.chip-new').count(), 0)
  service.streams.grow(sample, 'the one that came')
  await shows(length + 1)
  t.equal(await page.locator('.chip-new').innerText(), '1 new span')
}

const cap = (target: JourneyTarget, service: SampleService) => async (t: Test, page: Page) => {
  await openTrace(page, target, 'exec-60k')
  const notice = page.locator('.notice', { hasText: /Showing [\d,]+ of 60,000 spans/ })
  const shown = async () =>
    Number((await notice.innerText()).match(/Showing ([\d,]+)/)?.[1]?.replaceAll(',', ''))
  await page.waitForFunction(() =>
    /Showing 5\d,\d+ of/.test(
      document.querySelector('trace-tab')?.shadowRoot?.querySelector('.notices')?.textContent ?? '',
    ),
  )
  t.ok((await shown()) >= 50_000)
  await page.locator('.tree').evaluate((tree) => tree.scrollTo(0, 28_000))
  await page.waitForTimeout(200)
  const top = await page.locator('.tree').evaluate((tree) => tree.scrollTop)
  const before = [...service.seen.keys()].filter((path) => path.includes('q=similar')).length
  await page.getByLabel('Search names and messages').fill('similar')
  await page.locator('.view-note', { hasText: 'in the whole trace' }).waitFor()
  t.ok([...service.seen.keys()].filter((path) => path.includes('q=similar')).length > before)
  await page.getByLabel('Search names and messages').fill('')
  await page.locator('.view-note').waitFor({ state: 'detached' })
  await page.locator('.tree').evaluate((tree, at) => tree.scrollTo(0, at), top)
  const fromTheStart = () =>
    [...service.seen]
      .filter(([path]) => /exec-60k.*view=skeleton/.test(path) && !/cursor=|q=/.test(path))
      .reduce((all, [, times]) => all + times, 0)
  const readBefore = fromTheStart()
  await notice.getByRole('button', { name: 'Load more' }).click()
  await notice.waitFor({ state: 'detached' })
  t.equal(fromTheStart(), readBefore, 'what is here is not read again')
  t.equal(await page.locator('.tree').getAttribute('aria-rowcount'), '60001')
  t.equal(
    await page.locator('.tree').evaluate((tree) => tree.scrollTop),
    top,
    'what was read stays where it is',
  )
}

const extras = (target: JourneyTarget) => async (t: Test, page: Page) => {
  await openTrace(page, target, 'exec-0419')
  t.equal(await page.locator('.tree-path').count(), 0, 'at the top there is nothing to say')
  await page.locator('.tree').evaluate((tree) => tree.scrollTo(0, 3_000))
  const path = page.locator('.tree-path')
  await path.waitFor()
  t.match(await path.innerText(), /^support-triage/)
  await path.locator('button').first().click()
  await page.waitForFunction(
    () => document.querySelector('trace-tab')?.shadowRoot?.querySelector('.tree')?.scrollTop === 0,
  )
  await treeRows(page).filter({ hasText: 'chat' }).first().click()
  await page.locator('.offered summary').click()
  t.match(await page.locator('.offered').innerText(), /search_orders/)
  await page.getByRole('tab', { name: 'Metrics' }).click()
  const usual = page.locator('section[aria-label="Against the usual"]')
  await usual.waitFor()
  t.match(await usual.innerText(), /usually/)
  t.ok((await usual.locator('.usual-row').count()) > 2)
  await page.locator('section[aria-label="Critical path"] .bar-link').first().click()
  await page.locator('.tree-row.selected').waitFor()
}

const phone = (target: JourneyTarget) => async (t: Test, page: Page) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await openTrace(page, target)
  await page.getByRole('button', { name: 'Zoom', exact: true }).click()
  await page.locator('.minimap').waitFor()
  const small = async (selector: string) =>
    (await page.locator(selector).all()).reduce(async (found, one) => {
      const box = await one.boundingBox()
      return [
        ...(await found),
        ...(box && (box.height < 44 || box.width < 44) ? [await one.innerText()] : []),
      ]
    }, Promise.resolve<string[]>([]))
  for (const selector of ['.tree-row', '.chip', '.views button', '.execution-head .icon-button:not(.small)'])
    t.same(await small(selector), [], `${selector} is large enough for a finger`)
  await treeRows(page).filter({ hasText: 'chat' }).first().click()
  await page.locator('.message').first().waitFor()
  const cut = await page.locator('.pane-tabs').evaluate((tabs) => tabs.scrollWidth - tabs.clientWidth)
  t.ok(cut <= 0, 'all parts of the detail are in view')
  await page.setViewportSize({ width: 320, height: 640 })
  t.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false)
  await page.goBack()
  await page.locator('.span-pane').waitFor({ state: 'detached' })
  await treeRows(page).first().waitFor()
  await page.getByRole('button', { name: 'Show executions' }).press('Enter')
  await page.locator('.hide-list:focus').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('.rail').waitFor({ state: 'detached' })
  await page.locator('.show-list:focus').waitFor()
  // Another execution, and then the one that is shown already: both take the list away, and the focus stays.
  for (let n = 0; n < 2; n++) {
    await page.keyboard.press('Enter')
    await page.locator('.rail-row', { hasText: 'exec-0417' }).press('Enter')
    await page.locator('.rail').waitFor({ state: 'detached' })
    await page.locator('.show-list:focus').waitFor()
    await page.locator('.execution-name', { hasText: 'exec-0417' }).waitFor()
  }
  t.equal((await page.goto(`${target.url}${tracePath(target, 'exec-0418')}`))?.status(), 200)
}

const browser = await launchBrowser()
if (browser) await statements(browser)
else t.pass('no browser on this machine')

function images(target: JourneyTarget, service: SampleService) {
  return async (t: Test, page: Page) => {
    const call = service.samples.get('exec-0418')?.list.find((span) => span.model?.startsWith('claude'))
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('tracker.example')) asked.push(request.url())
    })
    await page.goto(
      `${target.url}/workflows/${WORKFLOW}/executions/exec-0418/trace?span=${call?.id}#token=${TOKEN}`,
    )
    await page.getByRole('button', { name: 'Markdown' }).click()
    const load = page.getByRole('button', { name: 'Load the image from tracker.example' })
    await load.waitFor()
    await page.waitForTimeout(500)
    t.same(asked, [])
    await load.click()
    const link = page.getByRole('link', { name: 'open the image at tracker.example' })
    await link.waitFor()
    t.match(
      await link.getAttribute('rel'),
      /noopener noreferrer/,
      'the policy of the page blocks it, and it says so',
    )
  }
}
