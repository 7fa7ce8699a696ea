import t from 'tap'
import { createRedactor } from '../../src/redact/index.ts'
import { startPass } from '../../src/redact/pass.ts'
import { buildPrefilter } from '../../src/redact/prefilter.ts'
import { buildRuleSet } from '../../src/redact/rule-set.ts'
import { formatRules } from '../../src/redact/rules/formats.ts'
import { personalRules } from '../../src/redact/rules/personal.ts'
import { secretRules } from '../../src/redact/rules/secrets.ts'
import { worstInputs } from './examples/worst.ts'

t.test('finds every keyword, overlapping ones too, without case', async (t) => {
  const keywords = ['he', 'she', 'his', 'hers']
  const found = buildPrefilter(keywords).search('uSHErs') ?? []
  const words: string[] = []
  for (let i = 0; i < found.length; i += 3)
    words.push(`${keywords[found[i] ?? -1]} ${found[i + 1]}-${found[i + 2]}`)
  t.strictSame(words.sort(), ['he 2-4', 'hers 2-6', 'she 1-4'])
  for (const word of keywords) t.ok(buildPrefilter(keywords).search(`a ${word}`), word)
  t.equal(buildPrefilter(keywords).search('nothing – ünïcode'), null)
  t.throws(() => buildPrefilter(['Upper']))
})

/** Milliseconds. The goal is 20 on an idle machine (`bench/redact.ts` prints it); this one is shared. */
const LIMIT = 400

t.test('no rule is slow on 64 KiB made against it', async (t) => {
  const redactor = createRedactor({ idKey: Buffer.alloc(32, 7) })
  for (const rule of [...secretRules, ...formatRules, ...personalRules]) {
    const alone = buildRuleSet({ rules: [rule], deep: false })
    let slowest = 0
    for (const input of worstInputs(rule)) {
      const before = process.cpuUsage()
      startPass(redactor, null).text(input, alone)
      const used = process.cpuUsage(before)
      slowest = Math.max(slowest, (used.user + used.system) / 1000)
    }
    t.ok(slowest < LIMIT, `${rule.id}: ${slowest.toFixed(0)} ms`)
  }
})

t.test('all rules together are linear', async (t) => {
  const redactor = createRedactor({ idKey: Buffer.alloc(32, 7) })
  for (const unit of [
    '"password":{',
    'password=',
    '\\"secret\\":\\"',
    'authorization: ',
    '%41',
    '\\u0041',
    'eyJ',
  ]) {
    const cpu = (size: number): number => {
      const text = unit.repeat(size / unit.length)
      const before = process.cpuUsage()
      startPass(redactor, null).text(text, redactor.secrets)
      return process.cpuUsage(before).user / 1000
    }
    cpu(10_000)
    t.ok(cpu(256 * 1024) < 1000, unit)
  }
})
