/** Personal data: removed before storing, stored and masked in answers, or left alone. */
export type PersonalPolicy = 'ingest' | 'read' | 'keep'
/** Content: stored, stored without personal data, or not stored. */
export type ContentPolicy = 'full' | 'masked' | 'none'

export interface Policy {
  personal: PersonalPolicy
  content: ContentPolicy
}

/** What a workflow has of its own. The first entry that matches counts. */
export interface WorkflowPolicy extends Partial<Policy> {
  /** A workflow id, `prefix*`, or `*`. */
  match: string
}

const personalOrder: readonly PersonalPolicy[] = ['keep', 'read', 'ingest']
const contentOrder: readonly ContentPolicy[] = ['full', 'masked', 'none']

function matches(pattern: string, workflow: string): boolean {
  return pattern.endsWith('*') ? workflow.startsWith(pattern.slice(0, -1)) : workflow === pattern
}

/**
 * The policy for a workflow. Null = not known (most spans name none): then the strictest of all policies that
 * might apply holds, because what is stored by mistake cannot be unstored.
 */
export function policyFor(base: Policy, own: readonly WorkflowPolicy[], workflow: string | null): Policy {
  if (own.length === 0) return base
  if (workflow !== null) {
    const found = own.find((entry) => matches(entry.match, workflow))
    return { personal: found?.personal ?? base.personal, content: found?.content ?? base.content }
  }
  const personal = [base.personal, ...own.map((entry) => entry.personal ?? base.personal)]
  const content = [base.content, ...own.map((entry) => entry.content ?? base.content)]
  return { personal: strictest(personalOrder, personal), content: strictest(contentOrder, content) }
}

function strictest<T>(order: readonly T[], values: readonly T[]): T {
  return values.reduce((most, value) => (order.indexOf(value) > order.indexOf(most) ? value : most))
}
