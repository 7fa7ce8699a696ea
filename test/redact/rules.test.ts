import t from 'tap'
import { createRedactor } from '../../src/redact/index.ts'
import { startPass } from '../../src/redact/pass.ts'
import type { Rule } from '../../src/redact/rule.ts'
import { buildRuleSet } from '../../src/redact/rule-set.ts'
import { formatRules } from '../../src/redact/rules/formats.ts'
import { personalRules } from '../../src/redact/rules/personal.ts'
import { secretRules } from '../../src/redact/rules/secrets.ts'
import type { Examples } from './examples/fake.ts'
import { formatExamples } from './examples/formats.ts'
import { personalExamples } from './examples/personal.ts'
import { secretExamples } from './examples/secrets.ts'

const redactor = createRedactor({ idKey: Buffer.alloc(32, 7) })

/** Each rule alone, so that it cannot hide behind another that finds the same. */
function table(rules: readonly Rule[], examples: Record<string, Examples>): void {
  t.strictSame(Object.keys(examples).sort(), rules.map((rule) => rule.id).sort(), 'every rule has examples')
  for (const rule of rules) {
    t.test(rule.id, async (t) => {
      const alone = buildRuleSet({ rules: [rule], deep: false })
      const read = (text: string): string => startPass(redactor, null).text(text, alone)
      const { true: positives, false: negatives } = examples[rule.id] as Examples
      t.ok(positives.length > 0 && negatives.length > 0, 'true and false examples')
      for (const { text, secret } of positives) {
        const expected = text.replace(secret, `[redacted:${rule.id}]`)
        t.equal(read(text), expected)
        t.equal(read(`so: ${text}`), `so: ${expected}`, 'behind other text')
        t.equal(read(expected), expected, 'redacting twice changes nothing')
      }
      for (const text of negatives) {
        t.equal(read(text), text)
        t.equal(read(`in the middle ${text} of a sentence`), `in the middle ${text} of a sentence`)
      }
    })
  }
}

t.ok(secretRules.length + formatRules.length >= 40, 'at least 40 rules for secrets')
t.strictSame(
  new Set([...secretRules, ...formatRules, ...personalRules].map((rule) => rule.id)).size,
  secretRules.length + formatRules.length + personalRules.length,
  'ids are unique',
)
table(secretRules, secretExamples)
table(formatRules, formatExamples)
table(personalRules, personalExamples)

t.test('nothing in plain prose and code', async (t) => {
  const prose = [
    'The password is required. Please enter your password: it must have 12 characters.',
    'if (!token) throw new Error("missing token")\nconst secret = process.env.SECRET\napi_key = os.environ["API_KEY"]',
    'password = get_password(user)\nself.api_key = config.api_key\nauthorization: required',
    '{"max_tokens": 4096, "token_count": 12, "stop_token": "<|endoftext|>", "next_page_token": "CAUQAA1234567890abcdef"}',
    '{"properties": {"api_key": {"type": "string", "description": "the key"}}}',
    'https://example.com/docs?page=2&sort=asc#section-1 took 12 ms for 1,024 tokens at 2026-11-22T12:00:00Z',
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'commit 3f786850e387550fdab836ed7e6dc881de23001b 100%20of the time; 50%2',
  ]
  for (const text of prose) t.equal(startPass(redactor, null).text(text, redactor.secrets), text)
})
