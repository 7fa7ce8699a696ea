import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  impact: string
  nodes: { target: string[]; failureSummary: string }[]
}

/** What axe-core finds serious or critical in the page as it is now, one line a place; by all rules, or by these. */
export async function violations(page: Page, rules: string[] = []): Promise<string[]> {
  // The page forbids scripts from text: axe comes in through the debugger, as the browser's own tools do.
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: axe })
  const result = await page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as {
      axe: { run: (options: object) => Promise<{ violations: Violation[] }> }
    }
    const only = rules.length > 0 ? { runOnly: rules } : {}
    return (await axe.run({ resultTypes: ['violations'], ...only })).violations
  }, rules)
  await session.detach()
  return result
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(' ')} ${node.failureSummary}`))
}
