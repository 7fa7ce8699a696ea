import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Skeleton, SpanDetail } from '../../src/http/schemas/trace.ts'
import { launchBrowser } from '../helpers/browser.ts'
import { openTrace, treeRows } from './journey.ts'
import { onPage } from './on-page.ts'
import { type SampleService, sampleTarget, startSampleService, WORKFLOW } from './sample-service.ts'

// What the wide screen of the specification (4.4) offers beside the tree and its detail: the list, the rows, the sizes.
const browser = await launchBrowser()
if (browser) {
  const service = await startSampleService()
  const target = sampleTarget(service)
  const on = onPage(browser, {}, () => service.breakWith(null))
  const open = (page: Page, execution = target.execution, query = '') =>
    openTrace(page, target, execution, query)
  await on('the list is narrowed by the service, to any status', (t, page) =>
    narrowed(t, page, service, open),
  )
  await on('a list that does not come says so, and can be asked for again', (t, page) =>
    noList(t, page, open),
  )
  await on('rows of the list that are scrolled out are not drawn', (t, page) => longList(t, page, open))
  await on('buttons go to the newer and the older execution', (t, page) => steps(t, page, open))
  await on('a span beyond its parent is a line there', (t, page) => beyond(t, page, open))
  await on('the detail goes below the spans, and stays there', (t, page) => below(t, page, open))
  await on('rows are dense where the reader wants them so', (t, page) => dense(t, page, open))
  await on('a text that is too long for markdown says so, and can be downloaded', (t, page) =>
    longText(t, page, open),
  )
  await on('the help has its texts in whole at 320 px', (t, page) => help(t, page, open))
  await browser.close()
  await service.close()
} else t.pass('no browser on this machine')

type Open = (page: Page, execution?: string, query?: string) => Promise<void>

async function narrowed(t: Test, page: Page, service: SampleService, open: Open): Promise<void> {
  await open(page)
  const filter = page.getByLabel('Filter by status')
  t.same(await filter.locator('option').allInnerTexts(), [
    'All',
    'Running',
    'Completed',
    'Failed',
    'Cancelled',
    'Interrupted',
  ])
  const all = await page.locator('.rail-row').count()
  await filter.selectOption('failed')
  await page.waitForFunction(
    (before) =>
      document.querySelector('trace-tab')?.shadowRoot?.querySelectorAll('.rail-row').length === before,
    1,
  )
  t.match(await page.locator('.rail-row').getAttribute('title'), 'exec-0418')
  t.equal(service.seen.get(`/api/workflows/${WORKFLOW}/executions?limit=50&status=failed`), 1)
  await filter.selectOption('interrupted')
  await page.locator('.rail-none', { hasText: 'None with this status' }).waitFor()
  await filter.selectOption('')
  await page
    .locator('.rail-row')
    .nth(all - 1)
    .waitFor()
}

async function noList(t: Test, page: Page, open: Open): Promise<void> {
  let broken = true
  await page.route('**/executions?*', (route) =>
    broken ? route.fulfill({ status: 503, body: '' }) : route.continue(),
  )
  await open(page)
  const line = page.locator('.rail-none', { hasText: 'The list could not be loaded' })
  await line.waitFor()
  broken = false
  await line.getByRole('button', { name: 'Refresh' }).click()
  await page.locator('.rail-row').first().waitFor()
  t.equal(await line.count(), 0)
}

async function longList(t: Test, page: Page, open: Open): Promise<void> {
  await page.route('**/executions?*', async (route) => {
    const response = await route.fetch()
    const rows = (await response.json()) as { execution_id: string }[]
    const many = Array.from({ length: 200 }, (_, n) => ({ ...rows[0], execution_id: `more-${n}` }))
    await route.fulfill({ response, json: [...rows, ...many] })
  })
  await open(page)
  const last = page.locator('.rail-row', { hasText: 'more-199' })
  await last.waitFor({ state: 'attached' })
  const drawn = () =>
    last.evaluate((row) =>
      (row.firstElementChild as HTMLElement).checkVisibility({ contentVisibilityAuto: true }),
    )
  t.equal(await drawn(), false)
  await last.scrollIntoViewIfNeeded()
  t.equal(await drawn(), true)
}

async function steps(t: Test, page: Page, open: Open): Promise<void> {
  await open(page, 'exec-0419')
  await page.locator('.rail-row[aria-current]').waitFor()
  const older = page.getByRole('button', { name: 'Older execution' })
  const newer = page.getByRole('button', { name: 'Newer execution' })
  await older.click()
  await page.waitForURL(/exec-0418/)
  await newer.click()
  await page.waitForURL(/exec-0419/)
  await newer.click()
  await page.waitForURL(/exec-live/)
  t.ok(await newer.isDisabled(), 'there is none newer than the newest')
  t.notOk(await older.isDisabled())
}

async function beyond(t: Test, page: Page, open: Open): Promise<void> {
  await page.route('**/trace?view=skeleton*', async (route) => {
    const response = await route.fetch()
    const body = (await response.json()) as Skeleton
    const { offset_ms, duration_ms } = body.columns
    // `similar tickets`, below `classify`: it begins within it, and goes on for two seconds after it.
    duration_ms[3] = (offset_ms[1] ?? 0) + (duration_ms[1] ?? 0) - (offset_ms[3] ?? 0) + 2_000
    // The one after it begins when its parent is over.
    offset_ms[5] = (offset_ms[4] ?? 0) + (duration_ms[4] ?? 0) + 1_000
    await route.fulfill({ response, json: body })
  })
  await open(page)
  const box = async (row: number, bar: string) => {
    const found = treeRows(page).nth(row).locator(bar)
    return (await found.count()) === 1 ? found.boundingBox() : null
  }
  const [parent, whole, inner] = [
    await box(1, '.bar'),
    await box(3, '.bar.beyond'),
    await box(3, '.bar:not(.beyond)'),
  ]
  t.equal(
    await treeRows(page).nth(1).locator('.beyond').count(),
    0,
    'a span within its parent is a bar alone',
  )
  if (!parent || !whole || !inner) throw new Error('there is no bar with a line')
  const end = (one: { x: number; width: number }) => one.x + one.width
  t.equal(whole.height, 2)
  t.ok(inner.height > 8)
  t.ok(Math.abs(end(inner) - end(parent)) < 3, 'the bar ends with its parent')
  t.ok(end(whole) > end(parent) + 10, 'the line goes on')
  t.equal(await box(5, '.bar:not(.beyond)'), null, 'a span that began after its parent is a line alone')
  t.ok(await box(5, '.bar.beyond'))
}

async function below(t: Test, page: Page, open: Open): Promise<void> {
  await open(page)
  await page.locator('.facts').waitFor()
  const edges = async () => ({
    tree: await page.locator('.tree-pane').boundingBox(),
    pane: await page.locator('.span-pane').boundingBox(),
  })
  const beside = await edges()
  t.ok((beside.pane?.x ?? 0) >= (beside.tree?.width ?? 0), 'beside at first')
  await page.getByRole('button', { name: 'Below the spans' }).click()
  await page.locator('.below').waitFor()
  const { tree, pane } = await edges()
  if (!tree || !pane) throw new Error('one is not there')
  t.equal(pane.x, tree.x)
  t.equal(pane.width, tree.width)
  t.ok(pane.y >= tree.y + tree.height)
  t.ok(tree.height > 150 && pane.height > 150, 'both have room')

  const line = page.getByRole('separator')
  t.equal(await line.getAttribute('aria-orientation'), 'horizontal')
  await line.focus()
  await page.keyboard.press('ArrowUp')
  t.equal((await edges()).pane?.height, Math.round(pane.height + 24))
  for (let n = 0; n < 30; n++) await page.keyboard.press('ArrowUp')
  t.ok(((await edges()).tree?.height ?? 0) >= 158, 'the tree is not pushed out')

  await page.reload()
  await page.locator('.below .facts').waitFor()
  await page.getByRole('button', { name: 'Beside the spans' }).click()
  await page.locator('.trace-body:not(.below)').waitFor()
  t.same(await edges(), beside)
}

async function dense(t: Test, page: Page, open: Open): Promise<void> {
  await open(page)
  const height = async () => (await treeRows(page).nth(1).boundingBox())?.height
  const apart = async () =>
    ((await treeRows(page).nth(2).boundingBox())?.y ?? 0) -
    ((await treeRows(page).nth(1).boundingBox())?.y ?? 0)
  t.same([await height(), await apart()], [28, 28])
  const choose = async () => {
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('button', { name: 'Dense rows' }).click()
  }
  await choose()
  await page.locator('.tree.dense').waitFor()
  t.same([await height(), await apart()], [24, 24])
  await page.reload()
  await page.locator('.tree.dense .tree-row').nth(2).waitFor()
  t.same([await height(), await apart()], [24, 24], 'the choice is kept')
  await choose()
  await page.locator('.tree:not(.dense)').waitFor()
}

async function longText(t: Test, page: Page, open: Open): Promise<void> {
  const text = `# A report\n\n${'word '.repeat(30_000)}the end`
  await page.route(/\/spans\/[0-9a-f]+/, async (route) => {
    const response = await route.fetch()
    const span = (await response.json()) as SpanDetail
    for (const part of span.output.messages[0]?.parts ?? []) if (part.type === 'text') part.content = text
    await route.fulfill({ response, json: span })
  })
  await open(page)
  await treeRows(page).filter({ hasText: 'chat' }).nth(1).click()
  const answer = page.locator('.side').last()
  const button = answer.getByRole('button', { name: 'Download' })
  await button.waitFor()
  t.equal(await answer.getByText('Too long for markdown').count(), 0)
  await page.getByRole('button', { name: 'Markdown' }).click()
  await answer.getByText('Too long for markdown').waitFor()
  t.match(await answer.locator('.plain').innerText(), '# A report', 'it is shown as it is')
  const [file] = await Promise.all([page.waitForEvent('download'), button.click()])
  t.equal(readFileSync((await file.path()) ?? '', 'utf8'), text)
}

async function help(t: Test, page: Page, open: Open): Promise<void> {
  await page.setViewportSize({ width: 320, height: 640 })
  await open(page)
  await treeRows(page).first().focus()
  await page.keyboard.press('?')
  await page.locator('dialog.help[open]').waitFor()
  const beyond = await page
    .locator('dialog.help')
    .evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)
  t.equal(beyond, 0)
}
