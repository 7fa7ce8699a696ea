import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchBrowser } from '../helpers/browser.ts'
import { type JourneyTarget, openTrace, treeRows } from './journey.ts'
import { onPage } from './on-page.ts'
import { type SampleService, sampleTarget, startSampleService, TOKEN, WORKFLOW } from './sample-service.ts'
import { summaryOf } from './sample-summary.ts'
import type { Sample } from './sample-trace.ts'

// The numbers are those of the statements that the specification of the tab makes.
const browser = await launchBrowser()
if (browser) await views(browser)
else t.pass('no browser on this machine')

async function views(browser: Browser): Promise<void> {
  const service = await startSampleService({ basePath: '/traces' })
  t.teardown(async () => {
    await browser.close()
    await service.close()
  })
  const target = sampleTarget(service)
  const on = onPage(browser, { acceptDownloads: true })
  await on('18, 19 live: new spans come, nothing moves, a cut stream loses nothing', (t, page) =>
    live(t, page, target, service),
  )
  await on('23 metrics: the numbers are those of the summary, zoom narrows the chart', (t, page) =>
    metrics(t, page, target, service),
  )
  await on('graph: every node with its runs; a node opens its span', (t, page) =>
    graph(t, page, target, service),
  )
  await on('log: what is new in a turn, to the span and back', (t, page) => log(t, page, target, service))
  await on('compare: the nodes of two executions', (t, page) => compare(t, page, target))
  await on('20, 21 artifacts, dashboards and export', (t, page) => away(t, page, target))
  await on('reveal: with a reason, and hidden again', (t, page) => reveal(t, page, target))
  await on('the address keeps view, filter, zoom and critical path', (t, page) => address(t, page, target))
  t.same(service.reports, [], '11 the content security policy was never violated')
}

function sampleOf(service: SampleService, id: string): Sample {
  const sample = service.samples.get(id)
  if (!sample) throw new Error(`there is no sample ${id}`)
  return sample
}

async function live(t: Test, page: Page, target: JourneyTarget, service: SampleService): Promise<void> {
  const sample = sampleOf(service, 'exec-live')
  await openTrace(page, target, 'exec-live')
  await page.locator('.live').waitFor()
  const grid = page.locator('.tree')
  await treeRows(page).nth(2).click()
  await page.keyboard.press('ArrowLeft')
  // the row that was clicked is brought into view with the next frame
  await page.waitForTimeout(300)
  await grid.evaluate((element) => element.scrollTo(0, 120))
  const state = async () => ({
    top: await grid.evaluate((element) => element.scrollTop),
    selected: await page.locator('.tree-row.selected').getAttribute('aria-label'),
    shut: await page.locator('.expander.shut').count(),
  })
  await page.waitForTimeout(600)
  const before = await state()
  const count = async () => Number(await grid.getAttribute('aria-rowcount'))
  const rows = await count()
  const started = Date.now()
  service.streams.grow(sample, 'late tool')
  await page.locator('.chip-new').waitFor()
  t.ok(Date.now() - started < 2_000, `it came after ${Date.now() - started} ms`)
  t.same(await state(), before, 'scroll, selection and folding are as they were')
  t.equal(await count(), rows + 1)
  const lines = () =>
    treeRows(page).evaluateAll((all) => {
      const top = (all[0]?.closest('.tree')?.getBoundingClientRect().top ?? 0) + 60
      const places = all.map((row) => ({
        label: row.getAttribute('aria-label'),
        top: row.getBoundingClientRect().top,
      }))
      return places.filter((place) => place.top > top).slice(0, 6)
    })
  const shows = (wanted: number) =>
    page.waitForFunction(
      (count) =>
        document
          .querySelector('trace-tab')
          ?.shadowRoot?.querySelector('.tree')
          ?.getAttribute('aria-rowcount') === String(count),
      wanted,
    )
  const read = await lines()
  service.streams.grow(sample, 'the first, told late', 'first')
  await shows(rows + 2)
  t.same(await lines(), read, 'what comes in above leaves the lines that are read where they are')

  const asked: (string | null)[] = []
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.pathname.endsWith('/stream')) asked.push(url.searchParams.get('since'))
  })
  service.streams.cut(true)
  service.streams.grow(sample, 'while away 1')
  service.streams.grow(sample, 'while away 2')
  await page.waitForTimeout(1_200)
  t.equal(await count(), rows + 2)
  service.streams.cut(false)
  await shows(rows + 4)
  t.pass('after the break: none missing, none twice')
  t.same(new Set(asked), new Set(['2']), 'it went on behind the last of what it had been told')
  await treeRows(page).first().focus()
  await page.keyboard.press('f')
  service.streams.grow(sample, 'followed')
  await treeRows(page).filter({ hasText: 'followed' }).waitFor()
  service.streams.complete(sample)
  await page.locator('.live').waitFor({ state: 'detached' })
  t.pass('completion removes the pill')
  t.match(await page.locator('.execution-head .badge').innerText(), 'Completed')
  // what ended with it was told by no event: the end is read
  await page.locator('.duration.running').first().waitFor({ state: 'detached' })
  await page.getByRole('tab', { name: 'Execution', exact: true }).click()
  await page
    .locator('.about div', { hasText: 'Finished' })
    .filter({ hasText: /\d\d:\d\d/ })
    .waitFor()
}

async function metrics(t: Test, page: Page, target: JourneyTarget, service: SampleService): Promise<void> {
  const sample = sampleOf(service, 'exec-0419')
  const wanted = summaryOf(sample)
  await page.goto(
    `${target.url}/workflows/${WORKFLOW}/executions/exec-0419/trace?view=metrics#token=${TOKEN}`,
  )
  const numbers = async (chart: string, column: number) =>
    (
      await page
        .locator(`section[aria-label="${chart}"] tbody tr`)
        .evaluateAll((rows, at) => rows.map((row) => row.children[at]?.textContent ?? ''), column)
    ).map((text) => Number(text.replaceAll(',', '')))
  await page.locator('section[aria-label="Tokens by model"]').waitFor()
  const figures = wanted.by_model.map(({ calls, tokens }) => [
    calls,
    tokens.input,
    tokens.cached_input,
    tokens.output,
    tokens.total,
  ])
  for (let column = 0; column < 5; column++)
    t.same(
      await numbers('Tokens by model', column + 1),
      figures.map((row) => row[column]),
    )
  const sum = async () => (await numbers('Tokens over time', 3)).reduce((a, b) => a + b, 0)
  t.equal(await sum(), wanted.tokens.input, '10 the sum of the leaf calls is the total of the service')
  const box = await page.locator('.minimap').boundingBox()
  if (!box) throw new Error('there is no overview')
  await page.mouse.move(box.x + box.width * 0.25, box.y + 20)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 4 })
  await page.mouse.up()
  await page.waitForURL(/zoom=/)
  const [from = 0, to = 0] = (new URL(page.url()).searchParams.get('zoom') ?? '').split('-').map(Number)
  const within = sample.list.filter((span) => span.kind === 'llm' && span.start >= from && span.start <= to)
  const part = within.reduce((all, span) => all + (span.input ?? 0), 0)
  t.ok(part > 0 && part < (wanted.tokens.input ?? 0))
  t.equal(await sum(), part, 'zooming narrows the chart over time to the calls that began there')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download Tokens by model as CSV' }).click(),
  ])
  t.equal(file.suggestedFilename(), 'tokens-by-model.csv')
  const [, ...lines] = (await readFile(await file.path(), 'utf8')).trim().split(/\r?\n/)
  t.same(
    lines.map((line) => line.split(',').slice(1).map(Number)),
    figures,
  )
}

async function graph(t: Test, page: Page, target: JourneyTarget, service: SampleService): Promise<void> {
  const nodes = summaryOf(sampleOf(service, 'exec-0418')).by_node
  await openTrace(page, target)
  await page.getByRole('tab', { name: 'Graph' }).click()
  await page.locator('.node-card').first().waitFor()
  t.equal(await page.locator('.node-card').count(), nodes.length)
  t.match(page.url(), /view=graph/)
  const card = page.locator('.node-card', { hasText: 'answer' })
  t.match(await card.textContent(), /3 runs/)
  await card.click()
  await page.locator('.span-title', { hasText: 'answer' }).waitFor()
  await page.getByRole('button', { name: 'Previous run' }).click()
  await page.locator('.graph-runs', { hasText: 'run 2 of 3' }).waitFor()
  t.ok((await page.locator('.edge').count()) >= nodes.length - 1)
}

async function log(t: Test, page: Page, target: JourneyTarget, service: SampleService): Promise<void> {
  const call = service.samples.get('exec-0418')?.list.filter((span) => span.kind === 'llm')[2]
  await page.goto(
    `${target.url}/workflows/${WORKFLOW}/executions/exec-0418/trace?view=log&span=${call?.id}#token=${TOKEN}`,
  )
  const turn = page.locator('.log-turn.selected')
  await turn.locator('.message').first().waitFor()
  await t.resolves(turn.locator('.entry-head').click({ trial: true }), 'the span of the address is in view')
  await page.waitForTimeout(300)
  t.equal(
    await page.locator('.view-log').evaluate((view) => view.scrollHeight - view.clientHeight),
    0,
    'and only the list moved for it: the buttons above it are where they were',
  )
  t.match(await turn.innerText(), /earlier messages/i, 'what was said before is folded')
  await page.getByRole('button', { name: 'In the timeline' }).click()
  await page.locator('.tree-row.selected').waitFor()
  await page.getByRole('button', { name: 'In the log' }).click()
  await turn.waitFor()
  await page.getByRole('button', { name: 'Everything' }).click()
  t.ok((await page.locator('.log-line').count()) > 10)
  await page.locator('.line-events').first().click()
  await page.locator('.line-event', { hasText: 'gen_ai.first_token' }).waitFor()
}

async function compare(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  await openTrace(page, target)
  await page.getByRole('tab', { name: 'Compare' }).click()
  await page.getByRole('button', { name: 'The last one before it that completed' }).click()
  await page.locator('.compare-nodes tbody tr').first().waitFor()
  t.match(page.url(), /with=exec-0417/)
  await page.getByLabel('Compare with').selectOption('exec-0419')
  await page.waitForURL(/with=exec-0419/)
  await page.locator('.compare-nodes tbody tr').first().waitFor()
  t.match(page.url(), /with=exec-0419/)
  await page.getByRole('button', { name: 'Show what differs' }).first().click()
  t.match(await page.locator('.difference').first().innerText(), /Answer in two sentences/)
}

async function away(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  const tokens: string[] = []
  page.on('request', (request) => {
    if (request.url().includes(TOKEN)) tokens.push(request.url())
  })
  await openTrace(page, target)
  await page.getByRole('button', { name: 'Open in' }).click()
  const link = page.locator('.menu-list a')
  t.match(await link.getAttribute('rel'), /noopener/)
  t.match(await link.getAttribute('href'), /^https:\/\/grafana\.example\//)
  await page.keyboard.press('Escape')
  await page.getByRole('tab', { name: 'Execution', exact: true }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).first().click(),
  ])
  t.equal(file.suggestedFilename(), 'reply.pdf')
  await page.getByRole('button', { name: 'More' }).click()
  const [trace] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export OTLP/JSON' }).click(),
  ])
  t.equal(trace.suggestedFilename(), 'exec-0418.otlp.json')
  t.same(tokens, [], 'no token in any address')
}

async function reveal(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  await openTrace(page, target)
  await treeRows(page).filter({ hasText: 'chat' }).first().click()
  await page.getByRole('button', { name: 'Show masked values' }).click()
  const act = page.getByRole('button', { name: 'Show and record' })
  t.equal(await act.isDisabled(), true, 'not without a reason')
  await page.getByLabel('Why do you need to see it?').fill('The customer asked for a call')
  await act.click()
  await page.locator('.revealed').waitFor()
  t.match(await page.locator('.conversation').innerText(), /\+47 555/)
  await page.getByRole('button', { name: 'Hide it again' }).click()
  t.notMatch(await page.locator('.conversation').innerText(), /\+47 555/)

  // one reason for the whole execution: each span that is opened is asked for by itself
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/reveal'))
      asked.push(`${new URL(request.url()).pathname} ${request.postData()}`)
  })
  await page.getByRole('button', { name: 'Show masked values' }).click()
  await page.getByLabel('Why do you need to see it?').fill('An audit of the whole run')
  await page.getByRole('checkbox', { name: /every span of this execution/ }).check()
  await act.click()
  await page.locator('.revealed').waitFor()
  await treeRows(page).filter({ hasText: 'chat' }).nth(1).click()
  await page.locator('.revealed').waitFor()
  t.match(await page.locator('.conversation').innerText(), /\+47 555/)
  t.equal(new Set(asked).size, 2, 'a request for each span')
  for (const one of asked) t.match(one, /An audit of the whole run/)
  await page.getByRole('button', { name: 'Hide it again' }).click()
  await treeRows(page).filter({ hasText: 'chat' }).first().click()
  await page.getByRole('button', { name: 'Show masked values' }).waitFor()
  t.equal(new Set(asked).size, 2, 'and none after it was hidden')
}

async function address(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  await openTrace(page, target, 'exec-0418', '?critical=1&errors=1&zoom=1000-9000&q=publish')
  t.ok((await page.locator('.critical').count()) > 0)
  t.match(await page.locator('.critical-note').innerText(), /assumes/)
  t.equal(await page.getByLabel('Search names and messages').inputValue(), 'publish')
  t.equal(await page.locator('.chip-error').getAttribute('aria-pressed'), 'true')
  await treeRows(page).first().focus()
  await page.keyboard.press('c')
  await page.waitForURL((url) => !url.searchParams.has('critical'))
  await page.keyboard.press('0')
  await page.waitForURL((url) => !url.searchParams.has('zoom'))
  await page.keyboard.press('m')
  await page.locator('.metrics').waitFor()
  t.match(page.url(), /view=metrics/)
}
