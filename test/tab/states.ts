import type { Page } from 'playwright-core'
import type { SpanDetail } from '../../src/http/schemas/trace.ts'
import { type SampleService, WORKFLOW } from './sample-service.ts'
import { artifact } from './sample-trace.ts'

/** One state of the tab: how to come to it, and what it shows then. */
export interface State {
  name: string
  path: string
  /** '' = none; absent = that of a reader who may see everything. */
  token?: string
  phone?: boolean
  before?: (page: Page, service: SampleService) => unknown
  act?: (page: Page, service: SampleService) => Promise<unknown>
  shows: string
}

const trace = (execution: string, query = '') =>
  `/workflows/${WORKFLOW}/executions/${execution}/trace${query}`
const press = (name: string) => (page: Page) => page.getByRole('button', { name }).first().click()

/** Opens the detail of the first model call. */
const openCall = (page: Page) => page.locator('.tree-row', { hasText: 'chat' }).first().click()

/** Answers requests whose address has `part` with a problem document. */
const refuse = (status: number, part: string) => (page: Page) =>
  page.route(
    (url) => url.pathname.includes('/api/') && url.href.includes(part),
    (route) =>
      route.fulfill({
        status,
        contentType: 'application/problem+json',
        body: JSON.stringify({ type: 'about:blank', title: 'No', status, detail: 'No', code: 'TRACE_NO' }),
      }),
  )

/** Never answers requests whose address has `part`. */
const hang = (part: string) => (page: Page) =>
  page.route(
    (url) => url.href.includes(part),
    () => undefined,
  )

/** Changes the detail of every span on its way. */
const change = (edit: (span: SpanDetail) => void) => (page: Page) =>
  page.route(/\/spans\/[0-9a-f]+/, async (route) => {
    const response = await route.fetch()
    const span = (await response.json()) as SpanDetail
    edit(span)
    await route.fulfill({ response, json: span })
  })

/** Says that there is more than the first page, and never gives it. */
const partly = async (page: Page) => {
  await page.route(
    (url) => url.searchParams.get('view') === 'skeleton',
    async (route) => {
      if (route.request().url().includes('cursor=')) return
      const response = await route.fetch()
      const body = await response.json()
      await route.fulfill({
        response,
        json: { ...body, total: 90_000, page_info: { has_next_page: true, cursor: 'next' } },
      })
    },
  )
}

export function statesOf({ token, otherToken }: { token: string; otherToken: string }): State[] {
  const live = trace('exec-live')
  const ended = trace('exec-0418')
  return [
    { name: 'denied: 403', path: ended, token: 'no-scope', shows: '.state-card' },
    { name: 'denied: 404', path: ended, token: otherToken, shows: '.state-card' },
    { name: 'no such execution', path: trace('nope'), shows: '.state-card' },
    { name: 'signed out', path: ended, token: '', shows: '.sign-in' },
    { name: 'token refused', path: ended, before: refuse(401, '/api/'), shows: '.sign-in .form-error' },
    {
      name: 'token refused that names no workspace',
      path: ended,
      token: 'opaque',
      before: refuse(401, '/api/'),
      shows: '.sign-in .form-error',
    },
    {
      name: 'error with retry',
      path: ended,
      before: (_page, service) => service.breakWith(503),
      shows: '.state-card .button',
    },
    {
      name: 'offline',
      path: ended,
      before: (page) => page.route('**/api/**', (route) => route.abort()),
      shows: '.state-card .button',
    },
    { name: 'loading', path: ended, before: hang('/api/'), shows: '.loading' },
    { name: 'empty', path: trace('exec-empty'), shows: '.state-card .button' },
    { name: 'no workflows', path: '/', token: otherToken, shows: '.state-card' },
    { name: 'live', path: live, shows: '.live' },
    {
      name: 'live, with new spans',
      path: live,
      act: async (page, service) => {
        await page.locator('.live').waitFor()
        await page.waitForTimeout(600)
        const sample = service.samples.get('exec-live')
        if (sample) service.streams.grow(sample, 'late tool')
      },
      shows: '.chip-new',
    },
    {
      name: 'reconnecting',
      path: live,
      act: async (page, service) => {
        await page.locator('.live').waitFor()
        service.streams.cut(true)
      },
      shows: '.live.waiting',
    },
    {
      name: 'stale',
      path: live,
      before: refuse(404, '/trace/stream'),
      act: async (page, service) => {
        await page.locator('.live').waitFor()
        service.breakWith(503)
      },
      shows: '.notice.warn',
    },
    { name: 'partial', path: trace('exec-0419'), before: partly, shows: '.notice .link' },
    {
      name: 'missing parent',
      path: trace('exec-0417'),
      act: async (page) => {
        await page.locator('.tree-row').first().focus()
        await page.keyboard.press('End')
      },
      shows: '.missing-parent',
    },
    { name: 'no match', path: trace('exec-0418', '?kind=embedding'), shows: '.tree-none' },
    {
      name: 'hidden content',
      path: ended,
      before: change((span) => {
        span.input = { messages: [], value: null, hidden: 'Hidden by policy: the token lacks content:read' }
        span.output = { messages: [], value: null, hidden: 'Hidden by policy: the token lacks content:read' }
      }),
      act: openCall,
      shows: '.content-hidden',
    },
    { name: 'redacted', path: ended, act: openCall, shows: '.content-notice' },
    { name: 'span on its way', path: ended, before: hang('/spans/'), act: openCall, shows: '.pane-ghosts' },
    {
      name: 'span not to be had',
      path: ended,
      before: refuse(500, '/spans/'),
      act: openCall,
      shows: '.span-pane .state-card',
    },
    {
      name: 'artifacts: stored, reference, gone, failed',
      path: ended,
      before: async (page) => {
        await refuse(503, '/link')(page)
        await change((span) => {
          const one = artifact(span.span_id)
          span.artifacts = [
            one,
            { ...one, id: 'second', name: 'second.pdf' },
            { ...one, id: 'reference', download_id: null, state: 'reference' },
            { ...one, id: 'gone', download_id: null, state: 'gone' },
          ]
        })(page)
      },
      act: async (page) => {
        await openCall(page)
        await page.getByRole('tab', { name: /Links/ }).click()
        await page.locator('.artifact .button').first().click()
        await page.getByRole('button', { name: 'The download failed' }).waitFor()
      },
      shows: '.artifact',
    },
    ...['Attributes', 'Events', 'Raw'].map((name) => ({
      name: `detail: ${name}`,
      path: ended,
      act: async (page: Page) => {
        await openCall(page)
        await page.locator('.pane-tabs').getByRole('tab', { name }).click()
      },
      shows: '#span-panel > *',
    })),
    {
      name: 'reveal dialog',
      path: ended,
      act: async (page) => {
        await openCall(page)
        await press('Show masked values')(page)
      },
      shows: 'dialog.reveal[open]',
    },
    {
      name: 'reveal refused',
      path: ended,
      before: refuse(403, '/reveal'),
      act: async (page) => {
        await openCall(page)
        await press('Show masked values')(page)
        await page.locator('dialog textarea').fill('The customer asked for a call')
        await press('Show and record')(page)
      },
      shows: 'dialog .form-error',
    },
    {
      name: 'revealed',
      path: ended,
      act: async (page) => {
        await openCall(page)
        await press('Show masked values')(page)
        await page.locator('dialog textarea').fill('The customer asked for a call')
        await press('Show and record')(page)
      },
      shows: '.revealed',
    },
    {
      name: 'help dialog',
      path: ended,
      act: async (page) => {
        await page.locator('.tree-row').first().focus()
        await page.keyboard.press('?')
      },
      shows: 'dialog.help[open]',
    },
    { name: 'open in', path: ended, act: press('Open in'), shows: '.menu-list a' },
    { name: 'more', path: ended, act: press('More'), shows: '.menu-list button' },
    { name: 'what to compare with', path: trace('exec-0418', '?view=compare'), shows: '.compare-picker' },
    {
      name: 'phone: list of executions',
      path: ended,
      phone: true,
      act: press('Show executions'),
      shows: '.rail-row',
    },
    { name: 'phone: detail', path: ended, phone: true, act: openCall, shows: '.span-pane .message' },
    {
      name: 'phone: metrics as tables',
      path: trace('exec-0418', '?view=metrics'),
      phone: true,
      act: async (page) => {
        await page.locator('.bar-part').first().waitFor()
        for (const button of await page.getByRole('button', { name: 'Table' }).all()) await button.click()
      },
      shows: '.metrics .table-frame',
    },
    { name: 'phone: signed out', path: ended, token: '', phone: true, shows: '.sign-in' },
    {
      name: 'phone: overview',
      path: trace('exec-0418', '?tab=execution'),
      phone: true,
      token,
      shows: '.usage',
    },
  ]
}
