// How fast the Trace tab is in Chromium, for traces of 1 to 50,000 spans: writes its table into
// docs/performance.md. npm run bench:tab
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import type { Page } from 'playwright-core'
import { launchBrowser } from '../test/helpers/browser.ts'
import { startSampleService, TOKEN, WORKFLOW } from '../test/tab/sample-service.ts'

const file = new URL('../docs/performance.md', import.meta.url)
const marks = ['<!-- bench:tab -->', '<!-- /bench:tab -->'] as const
const LOADS = 5
/** Milliseconds between two questions to a page that is loading: what is asked takes its time as well. */
const ASK = 1_000
/** Notes how many rows there are, and when: [rows, milliseconds from the start of the navigation]. */
const WATCH = `
  globalThis.seen = []
  const attach = Element.prototype.attachShadow
  Element.prototype.attachShadow = function (init) {
    const root = attach.call(this, init)
    const look = new MutationObserver(() => {
      const tree = root.querySelector('.tree')
      if (tree?.querySelector('.tree-row'))
        seen.push([Number(tree.getAttribute('aria-rowcount')), performance.now()])
    })
    globalThis.stopWatching = () => look.disconnect()
    look.observe(root, { childList: true, subtree: true, attributeFilter: ['aria-rowcount'] })
    return root
  }`

const browser = await launchBrowser()
if (!browser) throw new Error('A Chromium is needed: set CHROMIUM to where it is')
const service = await startSampleService({ big: true })
const rows: string[] = []
for (const [label, execution] of [
  ['1', 'exec-0416'],
  ['500', 'exec-0419'],
  ['10,000', 'exec-10k'],
  ['50,000', 'exec-50k'],
] as const) {
  const first: number[] = []
  const whole: number[] = []
  for (let load = 0; load < LOADS; load++) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    // The loader of TypeScript names functions with a helper that the page does not have.
    await page.addInitScript('globalThis.__name = (named) => named')
    await page.addInitScript(WATCH)
    await page.goto(`${service.url}/workflows/${WORKFLOW}/executions/${execution}/trace#token=${TOKEN}`)
    const seen = await rowsOf(page, Number(label.replace(',', '')))
    first.push(seen[0]?.[1] ?? Number.NaN)
    whole.push(seen.at(-1)?.[1] ?? Number.NaN)
    if (load === LOADS - 1) {
      const moved = await move(page)
      rows.push(
        `| ${label} | ${ms(median(first))} | ${ms(median(whole))} | ${ms(moved.frame)} | ${ms(moved.key)} | ${moved.rows} |`,
      )
      console.log(rows.at(-1))
    }
    await page.close()
  }
}
await service.close()
await browser.close()
save()

/** What the page saw until it had these rows. */
async function rowsOf(page: Page, wanted: number): Promise<[rows: number, at: number][]> {
  for (;;) {
    await page.waitForTimeout(ASK)
    const seen = (await page.evaluate('globalThis.seen')) as [number, number][]
    const done = seen.findIndex(([rows]) => rows > wanted)
    if (done < 0) continue
    await page.evaluate('globalThis.stopWatching()')
    return seen.slice(0, done + 1)
  }
}

/** Frames of a scroll from top to bottom in 3 s, arrow keys until the next frame, and rows in the DOM. */
function move(page: Page) {
  return page.evaluate(async () => {
    const root = document.querySelector('trace-tab')?.shadowRoot
    const tree = root?.querySelector<HTMLElement>('.tree')
    if (!tree) throw new Error('no tree')
    const frame = () => new Promise<number>((done) => requestAnimationFrame(done))
    const p95 = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0
    const frames: number[] = []
    let most = 0
    const start = performance.now()
    for (let before = await frame(); performance.now() - start < 3_000; ) {
      tree.scrollTop = (tree.scrollHeight * (performance.now() - start)) / 3_000
      const now = await frame()
      frames.push(now - before)
      before = now
      most = Math.max(most, tree.querySelectorAll('.tree-row').length)
    }
    tree.scrollTop = 0
    await frame()
    tree.querySelector<HTMLElement>('.tree-row')?.focus()
    const keys: number[] = []
    for (let n = 0; n < 60; n++) {
      const before = performance.now()
      root?.activeElement?.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, composed: true, cancelable: true }),
      )
      await frame()
      keys.push(performance.now() - before)
    }
    return { frame: p95(frames), key: p95(keys), rows: most }
  })
}

function save(): void {
  const table = [
    marks[0],
    '## The Trace tab',
    '',
    `Chromium ${browser?.version()}, headless, a service on the same machine; medians of ${LOADS} cold loads, from the`,
    'start of the navigation, as the page itself saw its rows. Scroll: from top to bottom in 3 s, 95th percentile of the',
    `frames. Key: arrow down until the next frame, 95th percentile. Load of the machine: ${loadavg()[0]?.toFixed(1)}. Made by \`npm run bench:tab\`.`,
    '',
    '| spans | first row (ms) | all rows (ms) | scroll frame (ms) | key (ms) | rows in the DOM |',
    '|---:|---:|---:|---:|---:|---:|',
    ...rows,
    marks[1],
  ].join('\n')
  const old = existsSync(file) ? readFileSync(file, 'utf8') : '# Performance\n'
  const at = old.indexOf(marks[0])
  const end = old.indexOf(marks[1])
  const text =
    at >= 0 && end > at
      ? old.slice(0, at) + table + old.slice(end + marks[1].length)
      : `${old.trimEnd()}\n\n${table}\n`
  writeFileSync(file, text)
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

function ms(value: number): string {
  return value < 100 ? value.toFixed(1) : String(Math.round(value))
}
