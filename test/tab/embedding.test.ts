import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchBrowser } from '../helpers/browser.ts'
import { violations } from './axe.ts'
import { type ReactVersion, startHost, WATCH_POLICY } from './host-page.ts'
import { type SampleService, startSampleService, TOKEN } from './sample-service.ts'

const folder = fileURLToPath(new URL('host', import.meta.url))

interface HostWindow {
  events: [string, object][]
  asked: number
  token: string
  broken: string[]
  reactVersion: string
  choose: (execution: string) => void
  show: (shown: boolean) => void
}
const inHost = <T>(page: Page, read: (host: HostWindow) => T): Promise<T> =>
  page.evaluate(`(${read.toString()})(window)`) as Promise<T>

const browser = await launchBrowser()
if (browser) await embedding(browser)
else t.pass('no browser on this machine')

async function embedding(browser: Browser): Promise<void> {
  const service = await startSampleService({ basePath: '/traces' })
  t.teardown(async () => {
    await browser.close()
    await service.close()
  })
  for (const react of [18, 19] as const) {
    await t.test(`25 in a page of React ${react}`, async (t) => inReact(t, browser, service, react))
  }
}

async function inReact(
  t: Test,
  browser: Browser,
  service: SampleService,
  react: ReactVersion,
): Promise<void> {
  const url = await startHost(t, { folder, react, service })
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } })
  page.setDefaultTimeout(20_000)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.addInitScript(WATCH_POLICY)
  await page.goto(`${url}/#token=${TOKEN}`)
  const [first, second] = [page.locator('trace-tab.first'), page.locator('trace-tab.second')]

  await t.test('two tabs, each its own, no style in or out', async (t) => {
    await first.locator('.tree-row').first().waitFor()
    await second.locator('.chart').first().waitFor()
    t.equal((await inHost(page, (host) => host.reactVersion)).split('.')[0], String(react))
    t.equal(await first.locator('.app').getAttribute('data-theme'), 'light')
    t.equal(await second.locator('.app').getAttribute('data-theme'), 'dark')
    const button = await first
      .locator('.icon-button')
      .first()
      .evaluate((element) => {
        const { backgroundColor, textTransform } = getComputedStyle(element)
        return [backgroundColor === 'rgb(255, 0, 0)', textTransform]
      })
    t.same(button, [false, 'none'], 'the host styles its buttons, not ours')
    t.ok((await first.locator('.tree-row').first().boundingBox()) !== null, 'nor hides our rows')
    t.equal(await page.evaluate(() => document.styleSheets.length), 1, 'the tab gives the page no style')
    t.match(await second.locator('.strip').innerText(), /\d,\d/, 'each has its locale')
    t.same(await violations(page), [])
  })
  await t.test('it follows execution-id and tells of what happens', async (t) => {
    await inHost(page, (host) => host.choose('exec-0417'))
    await first.locator('.execution-name', { hasText: 'exec-0417' }).waitFor()
    await first.locator('.tree-row').nth(2).click()
    await first.getByRole('tab', { name: 'Graph' }).click()
    await first.locator('.node-card').first().waitFor()
    const told = await inHost(page, (host) => host.events.map(([name]) => name))
    for (const name of ['state', 'span', 'place']) t.ok(told.includes(name), name)
    await first.getByTitle('Open in').click()
    const link = first.locator('.menu-list a').first()
    const href = await link.getAttribute('href')
    await link.click()
    await page.waitForFunction('events.some(([name]) => name === "external")')
    const external = await inHost(page, (host) => host.events.find(([name]) => name === 'external')?.[1])
    t.match(external, { url: href })
    t.equal(page.context().pages().length, 1, 'the host opens it in its own way')
    t.equal(page.url(), `${url}/#token=${TOKEN}`, 'the address is the host’s')
    t.equal(await second.locator('.execution-name').innerText(), 'exec-0419', 'the other one stays')
  })
  await t.test('theme inherit: the classes and the colours of the page, as they change', async (t) => {
    const app = first.locator('.app')
    const root = page.locator('html')
    const classes = (names: string) =>
      root.evaluate((html, names) => {
        html.setAttribute('class', names)
      }, names)
    const colours = () =>
      app.evaluate((element) => {
        const { backgroundColor, color } = getComputedStyle(element)
        return [backgroundColor, color]
      })
    await first.evaluate((element) => element.setAttribute('theme', 'inherit'))
    await classes('dark')
    await page.locator('trace-tab.first .app[data-theme="dark"][data-inherit]').waitFor()
    const own = await colours()
    await root.evaluate((html) => {
      html.style.setProperty('--background', '240 10% 3.9%')
      html.style.setProperty('--foreground', '0 0% 98%')
    })
    t.same(await colours(), ['rgb(9, 9, 11)', 'rgb(250, 250, 250)'])
    t.notSame(own, await colours(), 'without them it has its own')
    await classes('high-contrast reduce-motion')
    await page
      .locator('trace-tab.first .app[data-theme="light"][data-contrast="more"][data-motion="reduce"]')
      .waitFor()
    t.equal(
      await second.locator('.app').getAttribute('data-motion'),
      null,
      'who does not inherit has its own',
    )
    await classes('')
    await root.evaluate((html) => html.removeAttribute('style'))
    await first.evaluate((element) => element.setAttribute('theme', 'light'))
    await page.locator('trace-tab.first .app:not([data-inherit])').waitFor()
  })
  await t.test('15 the host owns the token: a 401 asks for it once more, then it says so', async (t) => {
    const path = '/traces/api/executions/exec-0418/trace?view=skeleton&limit=1000'
    const before = service.seen.get(path) ?? 0
    await inHost(page, (host) => {
      host.token = ''
      host.asked = 0
      host.choose('exec-0418')
    })
    await first.locator('.state-card', { hasText: 'Sign in to see traces' }).waitFor()
    t.equal(await first.locator('.tree-row').count(), 0, 'nothing of the earlier trace is left')
    const asked = await inHost(page, (host) => host.asked)
    await page.waitForTimeout(1_500)
    t.ok((await inHost(page, (host) => host.asked)) - asked <= 2, 'it is not asked for again and again')
    t.equal((service.seen.get(path) ?? 0) - before, 2, 'one request and one more')
    await page.evaluate(`token = ${JSON.stringify(TOKEN)}`)
    await inHost(page, (host) => host.choose('exec-0419'))
    await first.locator('.tree-row, .node-card').first().waitFor()
  })
  await t.test('24 forced colours, reduced motion, 200 % zoom, and gone without a trace', async (t) => {
    await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
    await first.locator('.app[data-motion="reduce"]').waitFor()
    const moving = await first
      .locator('.app')
      .evaluate(
        (app) =>
          [...app.querySelectorAll('*')].filter((one) => getComputedStyle(one).animationName !== 'none')
            .length,
      )
    t.equal(moving, 0, 'nothing moves')
    // A page at 200 % has half the CSS pixels.
    await page.setViewportSize({ width: 640, height: 500 })
    t.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false)
    const element = await first.elementHandle()
    await inHost(page, (host) => host.show(false))
    await first.waitFor({ state: 'detached' })
    await page.waitForFunction((gone) => gone?.shadowRoot?.childElementCount === 0, element)
    await inHost(page, (host) => host.show(true))
    await first.locator('.tree-row, .node-card').first().waitFor()
  })
  t.same(await inHost(page, (host) => host.broken), [], 'the strict policy was never broken')
  t.same(errors, [])
  await page.close()
}
