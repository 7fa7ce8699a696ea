// Takes a picture of every view and state of the Trace tab, light and dark, desktop and phone.
// npm run screens -- [folder] [pattern of names], or --readme [folder] for the images of the README, from the demo
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launchBrowser } from '../test/helpers/browser.ts'
import {
  OTHER_TOKEN,
  type SampleService,
  startSampleService,
  TOKEN,
  WORKFLOW,
} from '../test/tab/sample-service.ts'
import type { Sample } from '../test/tab/sample-trace.ts'
import { statesOf } from '../test/tab/states.ts'
import { readmeImages } from './readme-images.ts'

const readme = process.argv[2] === '--readme'
const [folder = readme ? 'docs/images' : 'screens', pattern = ''] = process.argv.slice(readme ? 3 : 2)
const only = new RegExp(pattern)
mkdirSync(folder, { recursive: true })

type Page = Awaited<ReturnType<NonNullable<Awaited<ReturnType<typeof launchBrowser>>>['newPage']>>
interface Screen {
  name: string
  path: string
  token?: string | undefined
  /** What must be there before the picture is taken. */
  wait: string
  /** Absent = in both. */
  size?: 'desktop' | 'phone' | undefined
  before?: (page: Page, service: SampleService) => unknown
  act?: (page: Page, service: SampleService) => Promise<unknown>
  /** What must be there after that. */
  shows?: string
}

const trace = (execution: string, query = '') =>
  `/workflows/${WORKFLOW}/executions/${execution}/trace${query}`

async function main(): Promise<void> {
  const browser = await launchBrowser()
  if (!browser) throw new Error('A Chromium is needed: set CHROMIUM to where it is')
  const service = await startSampleService({ big: true, hard: true })
  const spans = service.samples.get('exec-0418')?.list ?? []
  const call = spans.filter((span) => span.kind === 'llm')[1]?.id
  const failed = spans.find((span) => span.state === 'error' && span.depth > 0)?.id
  const hard = [...service.samples.values()]
    .filter((sample) => sample.id.startsWith('hard-'))
    .flatMap((sample) => hardScreens(sample))
  const screens: Screen[] = [
    { name: 'workflows', path: '/', wait: '.workflow-card' },
    { name: 'timeline', path: trace('exec-0418', `?span=${call}`), wait: '.message' },
    { name: 'timeline-error', path: trace('exec-0418', `?span=${failed}`), wait: '.span-error' },
    { name: 'critical', path: trace('exec-0418', '?critical=1'), wait: '.critical' },
    {
      name: 'orphans',
      path: trace('exec-0417'),
      wait: '.tree-row',
      act: async (page) => {
        await page.locator('.tree-row').first().focus()
        await page.keyboard.press('End')
        await page.locator('.missing-parent').first().waitFor()
      },
    },
    { name: 'search', path: trace('exec-0418', '?q=chat&kind=llm'), wait: '.tree-row.match' },
    { name: 'no-match', path: trace('exec-0418', '?kind=embedding'), wait: '.tree-none' },
    { name: 'partial', path: trace('exec-60k'), wait: '.notice .link' },
    { name: 'live', path: trace('exec-live'), wait: '.live' },
    { name: 'overview', path: trace('exec-0418', '?tab=execution'), wait: '.usage' },
    { name: 'graph', path: trace('exec-0418', '?view=graph'), wait: '.node-card' },
    { name: 'graph-span', path: trace('exec-0418', `?view=graph&span=${call}`), wait: '.node-card.selected' },
    { name: 'graph-200', path: trace('exec-200-nodes', '?view=graph'), wait: '.node-card' },
    { name: 'metrics', path: trace('exec-0419', '?view=metrics'), wait: '.bar-part' },
    {
      name: 'metrics-table',
      path: trace('exec-0419', '?view=metrics'),
      wait: '.bar-part',
      act: async (page) => {
        for (const button of await page.getByRole('button', { name: 'Table' }).all()) await button.click()
      },
    },
    { name: 'log', path: trace('exec-0418', '?view=log'), wait: '.log-messages' },
    { name: 'log-span', path: trace('exec-0418', `?view=log&span=${call}`), wait: '.log-messages' },
    {
      name: 'log-everything',
      path: trace('exec-0418', '?view=log'),
      wait: '.log-messages',
      act: (page) => page.getByRole('button', { name: 'Everything' }).click(),
    },
    { name: 'compare-choose', path: trace('exec-0418', '?view=compare'), wait: '.compare-picker' },
    {
      name: 'compare',
      path: trace('exec-0418', '?view=compare&with=exec-0419'),
      wait: '.compare-nodes',
      act: (page) => page.getByRole('button', { name: 'Show what differs' }).first().click(),
    },
    {
      name: 'help',
      path: trace('exec-0418'),
      wait: '.tree-row',
      act: async (page) => {
        await page.locator('.tree-row').first().focus()
        await page.keyboard.press('?')
      },
    },
    {
      name: 'scrolled',
      path: trace('exec-0419'),
      wait: '.tree-row',
      act: (page) => page.locator('.tree').evaluate((tree) => tree.scrollBy(0, 1200)),
    },
    {
      name: 'metrics-end',
      path: trace('exec-0419', '?view=metrics'),
      wait: '.usual-row',
      act: (page) => page.locator('.view-body').evaluate((body) => body.scrollTo(0, body.scrollHeight)),
    },
    {
      name: 'graph-200-whole',
      path: trace('exec-200-nodes', '?view=graph'),
      wait: '.node-card',
      act: (page) => page.getByRole('button', { name: 'Show the whole graph' }).click(),
    },
    ...hard,
    ...stateScreens(),
    { name: 'one-span', path: trace('exec-0416'), wait: '.tree-row' },
    { name: 'one-span-graph', path: trace('exec-0416', '?view=graph'), wait: '.views' },
    { name: 'empty', path: trace('exec-empty'), wait: '.state-card' },
    { name: 'missing', path: trace('nope'), wait: '.state-card' },
    { name: 'denied', path: trace('exec-0418'), token: 'no-scope', wait: '.state-card' },
    { name: 'signed-out', path: trace('exec-0418'), token: '', wait: '.state-card' },
  ]
  const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const scheme of ['light', 'dark'] as const) {
      for (const screen of screens) {
        const name = `${screen.name}-${size}-${scheme}`
        if (!only.test(name) || (screen.size ?? size) !== size) continue
        const page = await browser.newPage({ viewport, colorScheme: scheme })
        page.setDefaultTimeout(10_000)
        try {
          await screen.before?.(page, service)
          const token = screen.token ?? TOKEN
          await page.goto(`${service.url}${screen.path}${token ? `#token=${token}` : ''}`)
          await page.locator(screen.wait).first().waitFor()
          await screen.act?.(page, service)
          if (screen.shows) await page.locator(screen.shows).first().waitFor()
          await page.waitForTimeout(350)
          await page.screenshot({ path: join(folder, `${name}.png`) })
        } catch (error) {
          console.error(`${name}: ${(error as Error).message.split('\n')[0]}`)
          process.exitCode = 1
        } finally {
          await page.close()
          service.breakWith(null)
          service.streams.cut(false)
        }
      }
    }
  }
  await service.close()
  await browser.close()
}

/** A hard execution in every view, with the last model call selected where the view has a detail. */
function hardScreens(sample: Sample): Screen[] {
  const name = sample.id.slice(0, 12)
  const calls = sample.list.filter((span) => span.kind === 'llm')
  const call = (calls.find((span) => span.said !== undefined || span.cost === '12345.67') ?? calls[0])?.id
  return [
    { name, path: trace(sample.id), wait: '.tree-row' },
    { name: `${name}-span`, path: trace(sample.id, `?span=${call}`), wait: '.message' },
    { name: `${name}-graph`, path: trace(sample.id, '?view=graph'), wait: '.node-card' },
    { name: `${name}-metrics`, path: trace(sample.id, '?view=metrics'), wait: '.bar-part' },
    { name: `${name}-log`, path: trace(sample.id, '?view=log'), wait: '.log-list' },
    {
      name: `${name}-compare`,
      path: trace(sample.id, '?view=compare&with=exec-0418'),
      wait: '.compare-nodes',
    },
    { name: `${name}-overview`, path: trace(sample.id, '?tab=execution'), wait: '.usage' },
  ]
}

/** Every state that axe-core looks at. */
function stateScreens(): Screen[] {
  return statesOf({ token: TOKEN, otherToken: OTHER_TOKEN }).map(
    ({ name, path, token, phone, ...state }) => ({
      ...state,
      name: `state-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
      path,
      token,
      size: phone ? 'phone' : undefined,
      wait: '.app',
    }),
  )
}

await (readme ? readmeImages(folder) : main())
