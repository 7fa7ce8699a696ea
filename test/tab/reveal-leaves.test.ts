import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { wireService } from '../contract/door.ts'
import { launchBrowser } from '../helpers/browser.ts'
import { domOf } from '../helpers/dom.ts'
import { token } from '../http/service.ts'
import { treeRows } from './journey.ts'
import { otlpBody, type Run, type SentSpan, smallRun, spanIdOf } from './otlp-run.ts'

// What a reveal shows, and that nothing of it stays: the built service, its tab, and canaries in two executions.
const writer = token({ scope: 'traces:write' })
const reader = token({ scope: 'traces:read content:read content:reveal' })
const SECRET = 'ghp' + '_Vb3xQ9mKd7RwT2yLp8NcJ5hGf4sZa6uE1oXi'

/** Personal data: of the revealed span, of its neighbour, and of another execution. */
const OWN = ['ada.own@canary.example', '+4915112345678']
const NEIGHBOUR = 'bea.neighbour@canary.example'
const OTHER = 'cyd.other@canary.example'

const browser = await launchBrowser()
if (browser) t.test('what a reveal shows leaves nothing behind', (t) => leaves(t, browser))
else t.pass('no browser on this machine')

/** What a page keeps outside of the DOM: its address, history and every storage. */
const keptBy = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const stores = await indexedDB.databases()
    const cached = 'caches' in self ? await caches.keys() : []
    const names = performance.getEntriesByType('resource').map(({ name }) => name)
    return JSON.stringify([
      location.href,
      history.state,
      { ...localStorage },
      { ...sessionStorage, token: '' },
      document.cookie,
      self.name,
      stores,
      cached,
      names,
    ])
  })

async function leaves(t: Test, browser: Browser): Promise<void> {
  const url = await wireService(t)
  t.teardown(() => browser.close())
  const runs: Run[] = ['1', '2'].map((digit) => ({
    execution: `reveal-${digit}`,
    digit,
    startMs: Date.now() - 60_000 * Number(digit),
  }))
  for (const [n, run] of runs.entries()) {
    const user =
      n === 0 ? `Write to ${OWN[0]} or call ${OWN[1]}; the key is ${SECRET}.` : `Write to ${OTHER}.`
    const spans = smallRun(run, { user, answer: 'Done.' })
    const node = spans[1] as SentSpan
    node.values = { ...node.values, 'input.value': `for ${n === 0 ? NEIGHBOUR : OTHER}` }
    const sent = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${writer}`, 'content-type': 'application/json' },
      body: otlpBody(run, spans),
    })
    t.equal(sent.status, 200, await sent.text())
  }
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(15_000)
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(`${error.message} ${error.stack}`))
  page.on('request', (request) => said.push(request.url()))
  const replies: Promise<string | undefined>[] = []
  page.on('response', (answer) => {
    if (new URL(answer.url()).pathname.endsWith('/reveal'))
      replies.push(answer.headerValue('cache-control').then((v) => v ?? ''))
  })
  const [run] = runs as [Run]
  await page.goto(
    `${url}/workflows/support/executions/${run.execution}/trace?span=${spanIdOf(run, 3)}#token=${reader}`,
  )
  await page.locator('.message').first().waitFor()

  const nothing = async (when: string) => {
    const dom = await domOf(page)
    const kept = `${await keptBy(page)}\n${said.join('\n')}`
    for (const canary of [...OWN, NEIGHBOUR, OTHER, SECRET]) {
      t.notOk(dom.includes(canary), `${when}: ${canary} is not in the DOM`)
      t.notOk(kept.includes(canary), `${when}: nor anywhere else`)
    }
  }
  const reveal = async () => {
    await page.getByRole('button', { name: 'Show masked values' }).click()
    await page.getByLabel('Why do you need to see it?').fill('The customer asked for a call')
    await page.getByRole('button', { name: 'Show and record' }).click()
    await page.locator('.revealed').waitFor()
    await page
      .locator('.span-body')
      .filter({ hasText: OWN[0] as string })
      .waitFor()
  }

  await nothing('before')
  await reveal()
  const shown = await domOf(page)
  for (const canary of OWN) t.ok(shown.includes(canary), `${canary} is shown`)
  for (const canary of [NEIGHBOUR, OTHER, SECRET]) t.notOk(shown.includes(canary), `${canary} is not`)
  const kept = `${await keptBy(page)}\n${said.join('\n')}`
  for (const canary of [...OWN, 'The customer asked'])
    t.notOk(kept.includes(canary), `${canary} is in the DOM alone`)

  await page.getByRole('button', { name: 'Hide it again' }).click()
  await page.locator('.revealed').waitFor({ state: 'detached' })
  await nothing('hidden')

  await reveal()
  await treeRows(page).nth(1).click()
  await page.locator('.revealed').waitFor({ state: 'detached' })
  await page.locator('.tree-row.selected').waitFor()
  await nothing('another span')
  await treeRows(page).nth(2).click()
  await page.locator('.revealed').waitFor()
  t.equal(replies.length, 2, 'who comes back to the span sees it again: nothing is asked for')

  await page.keyboard.press(']')
  await page.waitForURL((to) => !to.pathname.includes(run.execution))
  // the one before is shown until this one has come, which had no secrets
  await page.getByText('Secrets or personal data were removed').waitFor({ state: 'detached' })
  await nothing('another execution')
  await page.goBack()
  await page.getByRole('heading', { name: run.execution }).waitFor()
  await page.getByRole('button', { name: 'Show masked values' }).waitFor()
  await nothing('back')
  await page.close()

  t.equal(replies.length, 2)
  for (const one of await Promise.all(replies))
    t.match(one, /no-store/, 'no cache keeps what a reveal answers')
}
