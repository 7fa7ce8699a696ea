import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import fastify from 'fastify'
import type { Browser } from 'playwright-core'
import t from 'tap'
import { build } from 'vite'
import { launchBrowser } from '../helpers/browser.ts'
import { startSampleService, TOKEN, WORKFLOW } from './sample-service.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

/** A page of somebody else in React 18, with two tabs in it and styles that must not reach them. */
const entry = `
import { createElement as h, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { TraceTab } from '${here}../../src/tab/react.ts'
window.events = []
function Page() {
  const [execution, setExecution] = useState('exec-0418')
  window.choose = setExecution
  const shared = { baseUrl: '', workflowId: '${WORKFLOW}', getToken: () => '${TOKEN}', style: { height: '420px' } }
  const tell = (name) => (detail) => window.events.push([name, detail])
  return h('div', null,
    h(TraceTab, { ...shared, executionId: execution, hide: 'executions', theme: 'light',
      onState: tell('state'), onSpanSelect: tell('span'), onPlaceChange: tell('place') }),
    h(TraceTab, { ...shared, executionId: 'exec-0419', view: 'metrics', theme: 'dark' }))
}
createRoot(document.getElementById('root')).render(h(Page))
`
const html = `<!doctype html><html lang="en"><head><title>host</title><style>
button { background: rgb(255, 0, 0) !important; } .tree-row { display: none !important; }
</style></head><body><div id="root"></div><script type="module" src="./entry.js"></script></body></html>`

const browser = await launchBrowser()
if (browser) await embedding(browser)
else t.pass('no browser on this machine')

async function embedding(browser: Browser): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tab-host-'))
  writeFileSync(join(folder, 'index.html'), html)
  writeFileSync(join(folder, 'entry.js'), entry)
  const root = fileURLToPath(new URL('../..', import.meta.url))
  await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    base: './',
    resolve: {
      alias: ['preact', 'react', 'react-dom', 'marked', '@dagrejs/dagre'].map((name) => ({
        find: new RegExp(`^${name}(/.*)?$`),
        replacement: `${root}node_modules/${name}$1`,
      })),
    },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { outDir: 'dist', minify: false, target: 'es2022', modulePreload: { polyfill: false } },
  })
  const service = await startSampleService()
  const host = fastify()
  await host.register(fastifyStatic, { root: join(folder, 'dist') })
  host.all('/api/*', async (request, reply) => {
    const { authorization = '' } = request.headers
    const answer = await fetch(service.url + request.url, { headers: { authorization } })
    return reply
      .code(answer.status)
      .type('application/json')
      .send(await answer.text())
  })
  const url = await host.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(async () => {
    await browser.close()
    await host.close()
    await service.close()
    rmSync(folder, { recursive: true })
  })
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } })
  page.setDefaultTimeout(20_000)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(url)
  const [first, second] = [page.locator('trace-tab').nth(0), page.locator('trace-tab').nth(1)]

  await t.test('25 two tabs in one React 18 page, each its own, no style in or out', async (t) => {
    await first.locator('.tree-row').first().waitFor()
    await second.locator('.chart').first().waitFor()
    t.equal(await first.locator('.app').getAttribute('data-theme'), 'light')
    t.equal(await second.locator('.app').getAttribute('data-theme'), 'dark')
    const red = await first
      .locator('.icon-button')
      .first()
      .evaluate((button) => getComputedStyle(button).backgroundColor === 'rgb(255, 0, 0)')
    t.equal(red, false, 'the host styles its buttons, not ours')
    t.ok((await first.locator('.tree-row').first().boundingBox()) !== null, 'nor hides our rows')
    t.equal(await page.evaluate(() => document.styleSheets.length), 1, 'the tab gives the page no style')
  })
  await t.test('25 it follows execution-id and tells of what happens', async (t) => {
    await page.evaluate(() => (window as unknown as { choose: (id: string) => void }).choose('exec-0417'))
    await first.locator('.execution-name', { hasText: 'exec-0417' }).waitFor()
    await first.locator('.tree-row').nth(2).click()
    const told = await page.evaluate(() => (window as unknown as { events: [string, object][] }).events)
    t.ok(told.some(([name, detail]) => name === 'state' && 'state' in detail))
    t.ok(told.some(([name]) => name === 'span'))
    t.equal(page.url(), `${url}/`, 'the address is the host’s')
  })
  await t.test('24 forced colours, reduced motion and 200 % zoom', async (t) => {
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
  })
  t.same(errors, [])
}
