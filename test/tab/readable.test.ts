import type { Browser, Page } from 'playwright-core'
import t from 'tap'
import { launchBrowser } from '../helpers/browser.ts'
import { startSampleService, TOKEN, WORKFLOW } from './sample-service.ts'
import { makeSample } from './sample-trace.ts'

// What is on the screen can be read to its end, or says with an ellipsis that there is more; and all of it is reached.
const browser = await launchBrowser()
if (browser) await readable(browser)
else t.pass('no browser on this machine')

async function readable(browser: Browser): Promise<void> {
  const service = await startSampleService({ hard: true })
  // More rows than a phone shows below the figures, fewer than it shows without them.
  const few = { id: 'exec-few', workflow: WORKFLOW, spans: 10, startedAt: Date.now() - 1000 }
  service.samples.set('exec-few', makeSample({ ...few, status: 'completed', seed: 1 }))
  t.teardown(async () => {
    await browser.close()
    await service.close()
  })
  const open = async (page: Page, execution: string, query = '') => {
    const path = `/workflows/${WORKFLOW}/executions/${execution}/trace${query}`
    await page.goto(`${service.url}${path}#token=${TOKEN}`)
  }
  const at = async (width: number) => {
    const page = await browser.newPage({ viewport: { width, height: 844 } })
    page.setDefaultTimeout(20_000)
    return page
  }
  const views: [query: string, wait: string][] = [
    ['', '.tree-row'],
    ['?tab=execution', '.usage'],
    ['?view=graph', '.node-card'],
    ['?view=metrics', '.bar-part'],
    ['?view=log', '.log-list'],
    ['?view=compare&with=exec-0417', '.compare-nodes'],
  ]
  const hard = [...service.samples.keys()].filter((id) => id.startsWith('hard-n'))
  for (const width of [1440, 390, 320]) {
    await t.test(`no text is cut without an ellipsis, ${width} px`, async (t) => {
      const page = await at(width)
      for (const execution of ['exec-0418', ...hard]) {
        for (const [query, wait] of views) {
          await open(page, execution, query)
          await page.locator(wait).first().waitFor()
          if (width === 1440) await page.locator('.rail-row').first().waitFor()
          t.same(await cutTexts(page), [], `${execution} ${query}`)
          const wide = await page
            .locator('.table-frame')
            .evaluateAll((frames) => frames.map((frame) => frame.scrollWidth - frame.clientWidth))
          if (width < 400) t.ok(Math.max(0, ...wide) <= 1, `no table beyond its frame: ${query} ${wide}`)
        }
      }
      await page.close()
    })
  }

  await t.test('a phone scrolls to the last row, however many there are', async (t) => {
    const page = await at(390)
    for (const execution of ['exec-few', 'exec-0418']) {
      await open(page, execution)
      await page.locator('.tree-row').first().waitFor()
      const tree = page.locator('.tree')
      for (let n = 0; n < 5; n++) {
        await tree.evaluate((element) => element.scrollTo(0, element.scrollHeight))
        await page.waitForTimeout(100)
      }
      const rest = await tree.evaluate((element) => {
        const rows = Number(element.getAttribute('aria-rowcount'))
        const last = element.querySelector(`[aria-rowindex="${rows}"]`)?.getBoundingClientRect()
        return (last?.bottom ?? Number.NaN) - element.getBoundingClientRect().bottom
      })
      t.ok(rest <= 1, `${execution}: the last row ends ${rest} px below the frame`)
    }
    await page.close()
  })

  await t.test('the spans come first, on a phone and at 200 % zoom', async (t) => {
    const page = await at(390)
    const topOf = async () => (await page.locator('.tree-row').first().boundingBox())?.y ?? Number.NaN
    await open(page, 'exec-0417')
    await page.locator('.notices').waitFor()
    t.ok((await topOf()) < 844 * 0.4, `the first row begins at ${await topOf()}`)
    const lines = page.locator('.notice')
    t.equal(await lines.count(), 1, 'one line of what the reader must know')
    t.match(await lines.innerText(), /parent/, 'the one that says what is wrong')
    const more = page.getByRole('button', { name: 'About this trace' })
    const folded = Number((await more.innerText()).replace('+', ''))
    await more.click()
    t.equal(await lines.count(), 1 + folded, 'opens to all of them')
    const cut = await page
      .locator('.notice-text')
      .evaluateAll((texts) => texts.filter((text) => text.scrollWidth > text.clientWidth).length)
    t.equal(cut, 0, 'in full')
    const search = page.getByRole('searchbox')
    await search.fill('chat')
    t.ok(((await search.boundingBox())?.width ?? 0) > 80, 'there is room for what is sought')
    // 1440×900 at 200 %
    await page.setViewportSize({ width: 720, height: 450 })
    await open(page, 'exec-0418')
    await page.locator('.notices').waitFor()
    t.ok((await topOf()) < 225, `the first row begins at ${await topOf()}`)
    await page.close()
  })

  await t.test('bars stay within the tree, however narrow it is beside the detail', async (t) => {
    const page = await at(1440)
    for (const width of [920, 1100, 1180, 1440]) {
      await page.setViewportSize({ width, height: 844 })
      await open(page, 'exec-0418')
      await page.locator('.span-pane .span-title').waitFor()
      const tree = await page.locator('.tree').boundingBox()
      const cell = await page.locator('.bar-cell').first().boundingBox()
      const beyond = (cell?.x ?? 0) + (cell?.width ?? 0) - (tree?.x ?? 0) - (tree?.width ?? 0)
      t.ok(beyond <= 0.5, `${width}: bars end ${beyond} px beyond`)
    }
    await page.close()
  })

  await t.test('keys go on in the next execution; the search says at which match one is', async (t) => {
    const page = await at(1440)
    await open(page, 'exec-0419')
    await page.locator('.tree-row').first().focus()
    await page.locator('.rail-row').first().waitFor()
    for (const execution of ['exec-0418', 'exec-0417']) {
      await page.keyboard.press(']')
      await page.locator('.execution-name', { hasText: execution }).waitFor()
      await page.locator('.tree-row:focus').waitFor()
    }
    const before = await page.locator('.tree').elementHandle()
    await page.keyboard.press('[')
    await page.locator('.execution-name', { hasText: 'exec-0418' }).waitFor()
    // the tree of the execution before is there a moment longer, and goes with what is typed into its search
    await page.waitForFunction((tree) => !tree?.isConnected, before)
    await page.locator('.tree-row:focus').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('chat')
    await page.locator('.search-count', { hasText: '15 found' }).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('.search-count', { hasText: '1 of 15' }).waitFor()
    t.equal(await page.locator('.tree-row.selected .span-name').textContent(), 'chat gpt-4.1-mini')
    await page.close()
  })

  await t.test('a key of the page goes to where it failed, whatever has the focus', async (t) => {
    const page = await at(1440)
    await open(page, 'exec-0418')
    await page.locator('.error-count').waitFor()
    t.equal(await page.evaluate(() => document.activeElement === document.body), true)
    await page.keyboard.press('e')
    await page.locator('.tree-row.selected', { hasText: 'publish' }).waitFor()
    const told = await page.locator('.error-count').innerText()
    t.equal(told.trim(), await page.locator('.chip-count').last().innerText(), 'one number of errors')
    await page.keyboard.press('/')
    await page.keyboard.type('e')
    t.equal(await page.getByRole('searchbox').inputValue(), 'e', 'typed once')
    await page.close()
  })

  await t.test('a phone has room for long figures, five views and the messages of a span', async (t) => {
    const page = await at(390)
    await open(page, hard.find((id) => id.startsWith('hard-numbers')) ?? '')
    await page.locator('.trace-top .cell', { hasText: '$12,34' }).waitFor()
    const tops = await page.locator('.trace-top .cell').evaluateAll((cells) => {
      const strip = cells[0]?.parentElement?.getBoundingClientRect()
      return cells.map((cell) => cell.getBoundingClientRect().top).filter((top) => top < (strip?.bottom ?? 0))
    })
    t.ok(tops.length >= 5)
    t.equal(new Set(tops).size, 1, 'the figures stand in one line')
    await open(page, 'exec-0418')
    await page.locator('.tree-row', { hasText: 'chat claude' }).first().click()
    await page.locator('.message').first().waitFor()
    const top = (await page.locator('.pane-tabs').boundingBox())?.y ?? Number.NaN
    t.ok(top < 220, `what is in the span begins at ${top}`)
    await page.setViewportSize({ width: 320, height: 640 })
    await open(page, 'exec-live')
    await page.getByRole('button', { name: 'Follow' }).waitFor()
    const beyond = await page.locator('.views').evaluate((views) => views.scrollWidth - views.clientWidth)
    t.equal(beyond, 0, 'every view is in view')
    await page.close()
  })

  await t.test('bars, and what is chosen, are seen in forced colours', async (t) => {
    const page = await at(1440)
    await page.emulateMedia({ forcedColors: 'active' })
    await open(page, 'exec-0418', '?view=metrics')
    await page.locator('.usual-band').first().waitFor()
    const seen = (selector: string, name: 'backgroundColor' | 'outlineStyle') =>
      page
        .locator(selector)
        .evaluateAll((all, name) => [...new Set(all.map((one) => getComputedStyle(one)[name]))], name)
    const background = await seen('.chart', 'backgroundColor')
    for (const mark of ['.bar-part', '.legend-mark', '.usual-band', '.usual-mark'])
      for (const colour of await seen(mark, 'backgroundColor')) t.notSame([colour], background, mark)
    for (const chosen of [
      '.views [aria-selected="true"]',
      '.rail-row[aria-current]',
      '[aria-pressed="true"]',
    ])
      t.same(await seen(chosen, 'outlineStyle'), ['solid'], chosen)
    await page.close()
  })

  await t.test('names of JSON stay whole', async (t) => {
    const page = await at(1440)
    await open(page, 'exec-0418')
    await page.locator('.pane-tabs').getByRole('tab', { name: 'Raw' }).click()
    const names = page.locator('.json-toggle .json-name')
    await names.first().waitFor()
    const heights = await names.evaluateAll((all) => all.map((name) => name.getBoundingClientRect().height))
    t.ok(Math.max(...heights) < 24, `one line each: ${heights}`)
    await page.close()
  })
}

/** Texts that an ancestor cuts off at the right, with nothing that says so. */
async function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.querySelector('trace-tab')?.shadowRoot ?? document
    const cut: string[] = []
    for (const element of root.querySelectorAll('*')) {
      const own = [...element.childNodes].filter((node) => node.nodeType === 3 && node.nodeValue?.trim())
      if (own.length === 0 || element.closest('.sr, title, style, option')) continue
      const range = document.createRange()
      range.selectNodeContents(element)
      const { right, width } = range.getBoundingClientRect()
      // Spaces hang beyond the end of a line that may be broken.
      if (width === 0 || getComputedStyle(element).whiteSpace === 'pre-wrap') continue
      for (let at: Element | null = element; at; at = at.parentElement) {
        const { overflowX, textOverflow } = getComputedStyle(at)
        if (textOverflow === 'ellipsis' || overflowX === 'auto' || overflowX === 'scroll') break
        if (overflowX === 'visible') continue
        const box = at.getBoundingClientRect()
        // What only assistive technology reads is one pixel wide.
        if (box.width <= 1) break
        if (right > box.right + 1) {
          cut.push(`${element.className}: ${element.textContent?.slice(0, 60)} (in .${at.className})`)
          break
        }
      }
    }
    return cut
  })
}
