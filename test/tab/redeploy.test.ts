import { fileURLToPath } from 'node:url'
import type { Browser, Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchBrowser } from '../helpers/browser.ts'
import { violations } from './axe.ts'
import { startHost } from './host-page.ts'
import { type JourneyTarget, openTrace, tracePath, treeRows } from './journey.ts'
import { onPage } from './on-page.ts'
import { sampleTarget, startSampleService, TOKEN } from './sample-service.ts'

const said = /could not be loaded.*updated since this page was opened/s
const again = (within: Page | Locator) => within.getByRole('button', { name: 'Load the page again' })
const retry = (within: Page | Locator) => within.getByRole('button', { name: 'Try again' })

/** From now on the files of these parts are not there. */
const gone = (page: Page, ...parts: string[]) =>
  page.route(new RegExp(`/assets/(${parts.join('|')})-[^/]*\\.js`), (route) =>
    route.fulfill({ status: 404, contentType: 'text/html', body: 'not found' }),
  )

// A page that stays open while the service is updated: the files of its parts that it has not loaded yet are gone.
const browser = await launchBrowser()
if (browser) await redeploy(browser)
else t.pass('no browser on this machine')

async function redeploy(browser: Browser): Promise<void> {
  const service = await startSampleService({ basePath: '/traces' })
  t.teardown(async () => {
    await browser.close()
    await service.close()
  })
  const target = sampleTarget(service)
  const on = onPage(browser)
  await on('a view says so, and its button loads the page with the same address', (t, page) =>
    view(t, page, target),
  )
  await on('the detail, its markdown, the overview, the start and the help say so too', (t, page) =>
    others(t, page, target),
  )
  await on('what a network kept back comes when it is asked for again, or is there again', (t, page) =>
    glitch(t, page, target),
  )
  await on('a running execution is followed without the reader of streams', (t, page) =>
    live(t, page, target),
  )
  const folder = fileURLToPath(new URL('host', import.meta.url))
  await on('in a page of others nothing is loaded again without a click', async (t, page) =>
    embedded(t, page, await startHost(t, { folder, react: 18, service })),
  )
}

async function view(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  await openTrace(page, target, target.execution, '?q=chat')
  await gone(page, 'graph-view')
  await page.getByRole('tab', { name: 'Graph' }).click()
  const card = page.locator('.view-body .state-card')
  t.match(await card.innerText(), said)
  t.equal(await page.locator('.loading').count(), 0, 'nothing goes on turning')
  t.same(await violations(page), [])
  await page.unrouteAll()
  const address = page.url()
  t.match(address, /view=graph/)
  await again(card).click()
  await page.locator('.node-card').first().waitFor()
  t.equal(page.url(), address)
  await page.getByRole('tab', { name: 'Timeline' }).click()
  t.equal(await page.getByRole('searchbox').inputValue(), 'chat')
}

async function others(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  await gone(page, 'detail', 'figures', 'help-dialog', 'workflows-view')
  await openTrace(page, target)
  await treeRows(page).first().click()
  const pane = page.locator('.span-pane')
  t.match(await pane.locator('.state-card').innerText(), said)
  t.equal(await pane.getAttribute('aria-busy'), 'false')
  await pane.getByRole('button', { name: 'Close' }).click()
  await pane.waitFor({ state: 'detached' })
  await page.keyboard.press('?')
  t.match(await page.locator('.not-loaded').innerText(), said)
  t.equal(await again(page.locator('.not-loaded')).count(), 1)
  t.equal(await retry(page.locator('.not-loaded')).count(), 1)
  await page.locator('#tab-execution').click()
  t.match(await page.locator('#tab-panel .state-card').innerText(), said)
  await page.goto(`${target.url}/`)
  t.match(await page.locator('.state-card').innerText(), said)

  await page.unrouteAll()
  await openTrace(page, target)
  await treeRows(page).filter({ hasText: 'chat' }).first().click()
  await page.locator('.message').first().waitFor()
  await gone(page, 'markdown')
  await page.getByRole('button', { name: 'Markdown' }).click()
  t.match(await page.locator('.span-pane .not-loaded').innerText(), said)
  t.equal(await page.locator('.not-loaded').count(), 1, 'once, not for every message')
  t.match(await page.locator('.conversation').innerText(), target.prompt, 'texts are there as they are')
}

/** A failed network: every part comes without the page, and what was chosen in it, being loaded again. */
async function glitch(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  let loads = 0
  page.on('load', () => {
    loads += 1
  })
  const cut = () => page.route(/\/assets\/[^/]*\.js/, (route) => route.abort('connectionfailed'))
  await page.route(/\/assets\/detail-/, (route) => route.abort('connectionfailed'))
  await openTrace(page, target, target.execution, '?q=chat')
  await treeRows(page).filter({ hasText: 'chat' }).first().click()
  await retry(page.locator('.span-pane')).waitFor()
  await page.unrouteAll()
  await retry(page.locator('.span-pane')).click()
  await page.locator('.message').first().waitFor()

  await cut()
  await page.getByRole('tab', { name: 'Graph' }).click()
  const card = page.locator('.view-body .state-card')
  const asked = page.waitForEvent('requestfailed')
  await retry(card).click()
  await asked
  await card.waitFor()
  t.match(await card.innerText(), said, 'it is asked for once for each click, and fails once more')
  await page.unrouteAll()
  await retry(card).click()
  await page.locator('.node-card').first().waitFor()

  await cut()
  await page.getByRole('button', { name: 'Markdown' }).click()
  await page.locator('.not-loaded').waitFor()
  await page.unrouteAll()
  await retry(page.locator('.not-loaded')).click()
  await page.locator('.markdown').first().waitFor()
  t.equal(await page.locator('.not-loaded').count(), 0)

  await page.context().setOffline(true)
  await page.getByRole('tab', { name: 'Metrics' }).click()
  await retry(card).waitFor()
  t.equal(await again(card).count(), 0, 'the page of the browser would take the place of this one')
  t.same(await violations(page), [])
  await page.context().setOffline(false)
  await page.locator('.bar-part').first().waitFor()
  t.equal(loads, 1)
  t.match(page.url(), /q=chat/)
}

async function live(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  await gone(page, 'follow')
  let looks = 0
  page.on('request', (request) => {
    if (request.url().includes('/trace/summary')) looks += 1
  })
  await page.goto(`${target.url}${tracePath(target, 'exec-live')}#token=${target.token}`)
  await page.locator('.live').waitFor()
  const before = looks
  await page.waitForRequest(/\/trace\/summary/)
  t.ok(looks > before, 'it is looked at again')
}

async function embedded(t: Test, page: Page, url: string): Promise<void> {
  let loads = 0
  page.on('load', () => {
    loads += 1
  })
  await page.goto(`${url}/#token=${TOKEN}`)
  const tab = page.locator('trace-tab.first')
  await tab.locator('.tree-row').first().waitFor()
  await gone(page, 'graph-view')
  await tab.getByRole('tab', { name: 'Graph' }).click()
  t.match(await tab.locator('.state-card').innerText(), said)
  t.equal(loads, 1, 'the page of the host is left alone')
  await again(tab).click()
  await page.waitForEvent('load')
  t.equal(loads, 2)
}
