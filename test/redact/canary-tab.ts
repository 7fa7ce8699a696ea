import type { Browser, Page } from 'playwright-core'
import { domOf } from '../helpers/dom.ts'
import { treeRows } from '../tab/journey.ts'

/** Spans whose details are opened, and those of them in every one of their tabs. */
const SPANS = 8
const WHOLE = 3

/** The views of an execution by what only each of them shows. */
const views = (other: string) => ({
  'view=graph': '.node-card',
  'view=metrics': '.metrics table, .metrics svg',
  'view=log': '.log-turn',
  [`view=compare&with=${encodeURIComponent(other)}`]: '.compare-nodes',
  'tab=execution': '.overview-body',
})

/** What a reader of the tab has in the DOM, by the place: the trace, details of spans, every view, the lists. */
export async function readTab(
  browser: Browser,
  {
    url,
    token,
    workflow,
    execution,
    other,
  }: Record<'url' | 'token' | 'workflow' | 'execution' | 'other', string>,
): Promise<Map<string, string>> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } })
  page.setDefaultTimeout(30_000)
  const doms = new Map<string, string>()
  const look = async (place: string) => doms.set(place, await domOf(page))
  const path = `${url}/workflows/${workflow}/executions/${encodeURIComponent(execution)}/trace`
  await page.goto(`${path}#token=${token}`)
  await treeRows(page).nth(SPANS).waitFor()
  await look('trace')
  for (let row = 0; row < SPANS; row++) await openSpan(page, row, look)
  for (const [query, own] of Object.entries(views(other))) {
    await page.goto(`${path}?${query}`)
    await page.locator(own).first().waitFor()
    await look(query)
  }
  await page.goto(`${path}?view=log`)
  await page.getByRole('button', { name: 'Everything' }).click()
  await page.locator('.log-line').first().waitFor()
  await look('everything of the log')
  await page.goto(`${url}/`)
  await page.locator('.workflow-card').first().waitFor()
  await look('workflows')
  await page.close()
  return doms
}

async function openSpan(page: Page, row: number, look: (place: string) => Promise<unknown>): Promise<void> {
  await treeRows(page).nth(row).click()
  const pane = page.locator('.span-pane')
  await pane.getByRole('tab', { name: /^Raw/ }).waitFor()
  await page.locator('#span-panel').waitFor()
  await look(`span ${row}`)
  if (row >= WHOLE) return
  for (const tab of await pane.getByRole('tab').all()) {
    await tab.click()
    await page.locator('#span-panel').waitFor()
    await look(`span ${row}: ${await tab.innerText()}`)
  }
}
