import type { AttributeValue } from '../../src/model/attributes.ts'

export { span } from './span.ts'

/** Attributes from an ordinary object. */
export const attributes = (of: Record<string, AttributeValue>): Map<string, AttributeValue> =>
  new Map(Object.entries(of))
