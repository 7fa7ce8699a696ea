import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import t, { type Test } from 'tap'

/** Milliseconds that a page waits for what a test expects of it. */
const PATIENCE_MS = 20_000

export type OnPage = (name: string, run: (t: Test, page: Page) => Promise<void>) => Promise<unknown>

/** Tests that have a page each, on a wide screen, in which no script may fail. `after` runs whatever became of it. */
export function onPage(browser: Browser, options: BrowserContextOptions = {}, after = () => {}): OnPage {
  return (name, run) =>
    t.test(name, async (t) => {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options })
      page.setDefaultTimeout(PATIENCE_MS)
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      try {
        await run(t, page)
        t.same(errors, [])
      } finally {
        after()
        await page.close()
      }
    })
}
