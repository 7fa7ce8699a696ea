import type { Attributes, AttributeValue } from '../model/attributes.ts'
import { FIELD } from './fields.ts'
import { table } from './table.ts'

/** Keys under which conventions, and what follows none, write in words what failed. */
const FAILURE =
  /(?:^|[._])(?:exception|error)[._](?:message|msg|description|details?|reason|stack|stack_?trace|traceback)$|^(?:error|exception|status_message|otel\.status_description)$/i
/** Events that tell of a failure, and keys that are its words only there. */
const FAILURE_EVENT = /error|exception|fail|cancel|abort/i
const WORDS = /^(?:message|msg|reason|details?|description|stack|stack_?trace|traceback)$/i

/** True for an attribute that says in words what failed. They may quote a prompt or a response: they are content. */
function saysFailure(key: string, value: AttributeValue): boolean {
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return false
  return FAILURE.test(key) || table.verdict(key).rules.some(({ place }) => place === FIELD.errorMessage)
}

/** Attributes without what errors say: of which type they are tells nothing. The same map when there is nothing. */
export function withoutFailures(attributes: Attributes, event: string | null = null): Attributes {
  const told = event !== null && FAILURE_EVENT.test(event)
  const hidden = (key: string, value: AttributeValue) => saysFailure(key, value) || (told && WORDS.test(key))
  for (const [key, value] of attributes) {
    if (hidden(key, value)) return new Map([...attributes].filter((one) => !hidden(...one)))
  }
  return attributes
}
