import type { Browser, Page } from 'playwright-core'
import t from 'tap'
import { launchBrowser } from '../helpers/browser.ts'
import { violations } from './axe.ts'
import { OTHER_TOKEN, type SampleService, startSampleService, TOKEN } from './sample-service.ts'
import { type State, statesOf } from './states.ts'

const WIDE = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }

const browser = await launchBrowser()
if (browser) await states(browser)
else t.pass('no browser on this machine')

async function states(browser: Browser): Promise<void> {
  const service = await startSampleService()
  t.teardown(async () => {
    await browser.close()
    await service.close()
  })
  // One context: what the browser keeps of the page's files is of use to every state.
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  await t.test('axe-core finds nothing serious in any state, light and dark', async (t) => {
    for (const state of statesOf({ token: TOKEN, otherToken: OTHER_TOKEN })) {
      // each by itself: a file that says nothing for long is taken to hang
      await t.test(state.name, async (t) => {
        const page = await context.newPage()
        page.setDefaultTimeout(15_000)
        await page.setViewportSize(state.phone ? PHONE : WIDE)
        await page.emulateMedia({ colorScheme: 'light' })
        await enter(page, state, service)
        t.same(await violations(page), [], 'light')
        await page.emulateMedia({ colorScheme: 'dark' })
        await page.locator('.app[data-theme="dark"]').waitFor()
        // Only the colours are others.
        t.same(await violations(page, ['color-contrast']), [], 'dark')
        await page.close()
        service.breakWith(null)
        service.streams.cut(false)
      })
    }
  })
  t.same(service.reports, [], 'the content security policy was never violated')
}

async function enter(page: Page, state: State, service: SampleService): Promise<void> {
  await state.before?.(page, service)
  const token = state.token ?? TOKEN
  await page.goto(`${service.url}${state.path}${token === '' ? '' : `#token=${token}`}`)
  await state.act?.(page, service)
  await page.locator(state.shows).first().waitFor()
}
