import { createRedactor } from '../dist/redact/index.js'
import { buildRuleSet } from '../dist/redact/rule-set.js'

/** A redactor with no rule to look for. */
export function withoutRules() {
  const none = buildRuleSet({ rules: [], deep: false })
  const idKey = Buffer.alloc(32, 1)
  return { ...createRedactor({ idKey }), secrets: none, everything: none, personal: none }
}
