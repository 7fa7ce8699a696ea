import type { Page } from 'playwright-core'
import type { Test } from 'tap'

/** Where a journey goes: any service with a finished execution that has a model call, and a second execution. */
export interface JourneyTarget {
  /** The service's address with its base path. */
  url: string
  token: string
  /** A token of another workspace. */
  otherToken: string
  workflow: string
  execution: string
  other: string
  /** Words of the prompt that some model call of `execution` was sent. */
  prompt: RegExp
  /** Words of an answer to it. */
  answer: RegExp
}

/** Rows of the tree that are in the DOM. */
export const treeRows = (page: Page) => page.locator('.tree-body [role="row"]')

/** Opens a trace with the token in the fragment and waits for the first row. */
export async function openTrace(
  page: Page,
  target: JourneyTarget,
  execution = target.execution,
  query = '',
): Promise<void> {
  await page.goto(`${target.url}${tracePath(target, execution)}${query}#token=${target.token}`)
  await treeRows(page).first().waitFor()
}

export function tracePath(target: JourneyTarget, execution: string): string {
  return `/workflows/${encodeURIComponent(target.workflow)}/executions/${encodeURIComponent(execution)}/trace`
}

/** What has the focus, inside the shadow root. */
export function focused(page: Page): Promise<{ role: string | null; label: string | null }> {
  return page.evaluate(() => {
    const active = document.querySelector('trace-tab')?.shadowRoot?.activeElement
    return { role: active?.getAttribute('role') ?? null, label: active?.getAttribute('aria-label') ?? null }
  })
}

/** The main walk of a reader: list, tree, keys, prompt, other execution and back, refusal. */
export async function walk(t: Test, page: Page, target: JourneyTarget): Promise<void> {
  await openTrace(page, target)
  t.notMatch(page.url(), 'token', 'the token left the address')
  t.equal(await page.locator('trace-tab').count(), 1)
  await page.locator('.rail-row[aria-current]').waitFor()
  t.ok((await page.locator('.rail-row').count()) >= 2, 'executions are listed')

  await treeRows(page).first().focus()
  const first = await focused(page)
  await page.keyboard.press('ArrowDown')
  const second = await focused(page)
  t.equal(second.role, 'row')
  t.not(second.label, first.label, 'the arrow moved the focus')
  await page.keyboard.press('ArrowUp')
  t.same(await focused(page), first)
  const before = await treeRows(page).count()
  await page.keyboard.press('ArrowLeft')
  await page.waitForFunction(
    (count) =>
      (document.querySelector('trace-tab')?.shadowRoot?.querySelectorAll('.tree-row').length ?? 0) < count,
    before,
  )
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('End')
  t.equal((await focused(page)).role, 'row')
  await page.keyboard.press('Home')
  t.same(await focused(page), first)

  const call = treeRows(page)
    .filter({ has: page.locator('.glyph.kind-llm') })
    .first()
  await call.click()
  await page.locator('.message').first().waitFor()
  const conversation = await page.locator('.conversation').innerText()
  t.match(conversation, target.prompt, 'the prompt is there to read')
  t.match(conversation, target.answer)
  t.match(page.url(), /span=/, 'the address names the span')

  const here = page.url()
  await page.locator('.rail-row', { hasText: target.other }).click()
  await page.waitForURL((url) => url.pathname.endsWith(tracePath(target, target.other)))
  await page.locator('.execution-name', { hasText: target.other }).waitFor()
  await treeRows(page).first().waitFor()
  await page.goBack()
  await page.waitForURL(here)
  await page.locator('.tree-row.selected').waitFor()
  await page.locator('.message').first().waitFor()

  await page.goto(`${target.url}/`)
  await page.goto(`${target.url}${tracePath(target, target.execution)}#token=${target.otherToken}`)
  await page.locator('.state-card h2').waitFor()
  t.equal(await page.locator('.state-card h2').innerText(), 'Nothing to show here')
  t.equal(await treeRows(page).count(), 0)
}
