import t from 'tap'
import { readContent } from '../../../src/normalize/content.ts'
import { normalized, type Sent } from './sent.ts'

/** One hand-made span, written from its convention's documents, and what the reader must see of it. */
export interface Case {
  /** The convention, and what is peculiar about it. */
  family: string
  sent: Sent
  /** Fields of the span. */
  seen: object
  /** Messages; their number counts too. */
  input?: readonly object[]
  output?: readonly object[]
}

/** Runs each case as a test of its own. */
export function expectAll(cases: readonly Case[]): void {
  for (const { family, sent, seen, input, output } of cases) {
    t.test(family, async (t) => {
      const span = normalized(sent)
      t.match(span, seen)
      const content = readContent(span)
      for (const [side, expected] of Object.entries({ input, output })) {
        if (expected === undefined) continue
        const { messages } = content[side as 'input' | 'output']
        t.match(messages, expected)
        t.equal(messages.length, expected.length, side)
      }
    })
  }
}
