import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import t from 'tap'
import { createServer } from 'vite'
import { launchBrowser } from '../helpers/browser.ts'
import { startHost, WATCH_POLICY } from './host-page.ts'
import { startSampleService, TOKEN, WORKFLOW } from './sample-service.ts'

const examples = fileURLToPath(new URL('../../examples/', import.meta.url))

const browser = await launchBrowser()
if (browser) await run(browser)
else t.pass('no browser on this machine')

/** The examples as they are, started and looked at. */
async function run(browser: Browser): Promise<void> {
  const service = await startSampleService({ basePath: '/traces' })
  t.teardown(async () => {
    await browser.close()
    await service.close()
  })
  const open = async (url: string): Promise<{ page: Page; errors: string[] }> => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    page.setDefaultTimeout(30_000)
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.addInitScript(WATCH_POLICY)
    await page.goto(url)
    return { page, errors }
  }
  await t.test('plain HTML: two tabs, and a graph painted with nodeStates', async (t) => {
    // Only where it listens, and where the service is, are the test's own.
    const server = await createServer({
      configFile: `${examples}html/vite.config.js`,
      logLevel: 'silent',
      server: {
        port: 0,
        strictPort: false,
        host: '127.0.0.1',
        proxy: { '/traces': new URL(service.url).origin },
      },
    })
    await server.listen()
    t.teardown(() => server.close())
    const url = (server.resolvedUrls?.local[0] ?? '').replace(/\/$/, '')
    const { page, errors } = await open(
      `${url}/examples/html/?base=${url}/traces&workflow=${WORKFLOW}#token=${TOKEN}`,
    )
    await page.locator('#first .tree-row').first().waitFor()
    await page.locator('#second .chart').first().waitFor()
    t.match(await page.locator('#nodes li').first().innerText(), /: (ok|error|running), \d+ runs, \d+ ms/)
    t.notMatch(page.url(), 'token', 'the token left the address')
    t.equal(await page.locator('#second .top-bar').count(), 0, '"header" is hidden as asked')
    t.same(errors, [])
    await page.close()
  })
  await t.test('React with Vite: the host has the token and the address', async (t) => {
    const url = await startHost(t, {
      folder: `${examples}react`,
      react: 19,
      service,
      define: { 'import.meta.env.VITE_TRACE_URL': '"/traces"' },
    })
    const { page, errors } = await open(url)
    await page.getByLabel('Token').fill(TOKEN)
    await page.locator('.tree-row').first().waitFor()
    await page.locator('.rail-row', { hasText: 'exec-0417' }).click()
    await page.locator('.execution-name', { hasText: 'exec-0417' }).waitFor()
    await page.locator('p', { hasText: 'ready' }).first().waitFor()
    t.same(await page.evaluate('broken'), [], 'a strict policy was not broken')
    t.same(errors, [])
    await page.close()
  })
}
