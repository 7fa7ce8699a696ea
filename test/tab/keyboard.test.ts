import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { launchBrowser } from '../helpers/browser.ts'
import { openTrace, treeRows } from './journey.ts'
import { onPage } from './on-page.ts'
import { sampleTarget, startSampleService } from './sample-service.ts'

// The keys that no other walk presses: each does what the help of the tab says.
const browser = await launchBrowser()
if (browser) {
  const service = await startSampleService()
  t.teardown(async () => {
    await browser.close()
    await service.close()
  })
  const target = sampleTarget(service)
  const on = onPage(browser)
  const begin = async (page: Page) => {
    await openTrace(page, target)
    await treeRows(page).first().focus()
    return keysOf(page)
  }
  await on('5 pages, whole subtrees and siblings', async (t, page) => folding(t, page, await begin(page)))
  await on('5 Space selects, Enter goes to the detail, Escape comes back', async (t, page) =>
    detail(t, page, await begin(page)),
  )
  await on('errors, model calls and matches, to and fro', async (t, page) =>
    jumps(t, page, await begin(page)),
  )
  await on('the window of time', async (t, page) => zoom(t, page, await begin(page)))
  await on('F6 goes around; letters can be switched off', async (t, page) =>
    panes(t, page, await begin(page)),
  )
} else t.pass('no browser on this machine')

type Keys = ReturnType<typeof keysOf>

function keysOf(page: Page) {
  const read = (selector: string, name: string) => page.locator(selector).getAttribute(name)
  return {
    press: async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    },
    /** The place of the row that has the focus, 1 = the first. */
    at: async () => Number(await read('.tree-row:focus', 'aria-rowindex')) - 1,
    label: () => read('.tree-row:focus', 'aria-label'),
    rows: async () => Number(await read('.tree', 'aria-rowcount')) - 1,
    shows: (rows: number) =>
      page.locator(`.tree[aria-rowcount="${rows + 1}"]`).waitFor({ state: 'attached' }),
  }
}

async function folding(t: Test, page: Page, { press, at, rows, shows }: Keys): Promise<void> {
  const all = await rows()
  await press('PageDown')
  const page1 = await at()
  t.ok(page1 > 5 && page1 < all, 'as many rows as fit')
  await press('PageDown', 'PageDown', 'PageDown', 'PageDown')
  t.equal(await at(), all, 'at most to the last')
  await press('PageUp')
  t.equal(await at(), all - page1 + 1, 'and back by as many')
  await press('Home', 'Shift+ArrowLeft')
  await shows(1)
  await press('ArrowRight')
  await page.locator('.tree-row[aria-level="2"]').first().waitFor()
  const top = await rows()
  t.equal(await page.locator('.tree-row[aria-level="2"]').count(), top - 1, 'what was below is folded, too')
  await press('ArrowDown', '*')
  const siblings = await page.locator('.tree-row[aria-level="2"][aria-expanded="false"]').count()
  t.equal(siblings, 0, 'all siblings are unfolded')
  t.ok((await rows()) > top)
  await press('Home', 'Shift+ArrowLeft')
  await shows(1)
  await press('Shift+ArrowRight')
  await shows(all)
}

async function detail(t: Test, page: Page, { press, at, label }: Keys): Promise<void> {
  await press('End')
  const last = await at()
  t.notMatch(page.url(), 'span=', 'the focus alone moved')
  await press('Space')
  await page.locator(`.tree-row.selected[aria-rowindex="${last + 1}"]`).waitFor()
  await press('ArrowUp', 'Enter')
  await page.locator('.span-pane:focus').waitFor()
  const row = page.locator(`.tree-row.selected[aria-rowindex="${last}"]`)
  await row.waitFor()
  const name = (await row.getAttribute('aria-label'))?.split(',')[0] ?? ''
  await page.locator('.span-title', { hasText: name }).waitFor()
  await press('Escape')
  await page.locator('.span-pane').waitFor({ state: 'detached' })
  t.match(await label(), name, 'the row has the focus again')
}

async function jumps(t: Test, page: Page, { press, at, label }: Keys): Promise<void> {
  await press('e')
  t.match(await label(), /, error/)
  await press('Home', 'l')
  const first = await at()
  t.match(await label(), /, LLM, /)
  await press('l')
  t.ok((await at()) > first)
  t.match(await label(), /, LLM, /)
  await press('L')
  t.equal(await at(), first)
  await press('Home', 'E')
  t.match(await label(), /, error/, 'around the end')
  await press('/')
  await page.locator('.search input:focus').fill('search_orders')
  const match = page.locator('.tree-row.match.selected')
  const place = async () => Number(await match.getAttribute('aria-rowindex'))
  await press('Enter')
  await match.waitFor()
  const found = await place()
  await press('Enter')
  await page.waitForURL((url) => url.searchParams.has('q'))
  const next = await place()
  t.not(next, found)
  await press('Shift+Enter')
  await page.locator(`.tree-row.match.selected[aria-rowindex="${found}"]`).waitFor()
  await press('Escape')
  await page.locator(`.tree-row:focus[aria-rowindex="${found}"]`).waitFor()
}

async function zoom(t: Test, page: Page, { press }: Keys): Promise<void> {
  const window = async (is: (from: number, to: number) => boolean) => {
    const read = (url: URL) => (url.searchParams.get('zoom') ?? '').split('-').map(Number)
    await page.waitForURL((url) => {
      const [from = Number.NaN, to = Number.NaN] = read(url)
      return is(from, to)
    })
    const [from = 0, to = 0] = read(new URL(page.url()))
    return { from, to, length: to - from }
  }
  await press('ArrowDown', 'ArrowDown', 'z')
  const span = await window((from, to) => to > from)
  await press('.')
  const later = await window((from) => from > span.from)
  t.ok(Math.abs(later.from - span.from - span.length / 4) < 2, 'by a quarter')
  await press(',')
  await window((from) => Math.abs(from - span.from) < 2)
  await press('+')
  const closer = await window((from) => from > span.from + 2)
  t.ok(Math.abs(closer.length - span.length / 2) < 2, 'half as long')
  await press('-')
  await window((from, to) => Math.abs(to - from - span.length) < 2)
  await press('Escape', 'Escape')
  await page.waitForURL((url) => !url.searchParams.has('zoom'))
}

async function panes(t: Test, page: Page, { press }: Keys): Promise<void> {
  const visited: string[] = []
  const names = ['.views', '.toolbar', '.tree', '.span-pane']
  const here = () =>
    page.evaluate((all) => {
      const active = document.querySelector('trace-tab')?.shadowRoot?.activeElement
      return all.find((name) => active?.closest(name)) ?? ''
    }, names)
  for (let n = 0; n < 4; n++) {
    await press('F6')
    visited.push(await here())
  }
  t.same(visited, ['.span-pane', '.views', '.toolbar', '.tree'])
  await press('Shift+F6')
  t.equal(await here(), '.toolbar')
  await treeRows(page).first().focus()
  await press('c')
  await page.waitForURL((url) => url.searchParams.has('critical'))
  await press('?')
  await page.locator('dialog.help[open]').getByRole('checkbox').uncheck()
  await press('Escape')
  await treeRows(page).first().focus()
  await press('c', 'm', 'l', '/')
  t.equal(await here(), '.tree')
  await press('ArrowDown')
  await page.waitForURL((url) => url.searchParams.has('span'))
  const { searchParams } = new URL(page.url())
  t.same([...searchParams.keys()].sort(), ['critical', 'span'], 'letters did nothing')
}
