import fc from 'fast-check'
import t from 'tap'
import { createRedactor } from '../../src/redact/index.ts'
import { findKeywords } from '../../src/redact/keywords.ts'
import { startPass } from '../../src/redact/pass.ts'

t.test('finds every keyword, overlapping ones too, without case', async (t) => {
  const keywords = ['he', 'she', 'his', 'hers']
  const found = findKeywords(keywords).search('uSHErs') ?? []
  const words: string[] = []
  for (let i = 0; i < found.length; i += 3)
    words.push(`${keywords[found[i] ?? -1]} ${found[i + 1]}-${found[i + 2]}`)
  t.strictSame(words.sort(), ['he 2-4', 'hers 2-6', 'she 1-4'])
  for (const word of keywords) t.ok(findKeywords(keywords).search(`a ${word}`), word)
  t.equal(findKeywords(keywords).search('nothing – ünïcode'), null)
  t.throws(() => findKeywords(['Upper']))
})

/** What a search must give, one keyword at a time. */
function oneByOne(keywords: readonly string[], text: string): string[] {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  return keywords
    .flatMap((keyword, index) => {
      const found: string[] = []
      for (let at = lower.indexOf(keyword); at !== -1; at = lower.indexOf(keyword, at + 1)) {
        found.push(`${index} ${at} ${at + keyword.length}`)
      }
      return found
    })
    .sort()
}

t.test('finds what a search for each keyword finds, in the order of the ends', async (t) => {
  t.plan(1)
  const letter = fc.constantFrom(...'abcAB1%-é\u2028\u0161')
  const text = fc.array(letter, { maxLength: 60 }).map((letters) => letters.join(''))
  const keyword = fc
    .array(fc.constantFrom(...'abc1%-'), { minLength: 1, maxLength: 5 })
    .map((letters) => letters.join(''))
  fc.assert(
    fc.property(fc.uniqueArray(keyword, { minLength: 1, maxLength: 12 }), text, (keywords, text) => {
      const hits = findKeywords(keywords).search(text) ?? []
      const found: string[] = []
      for (let i = 0; i < hits.length; i += 3) found.push(hits.slice(i, i + 3).join(' '))
      const ends = hits.filter((_, i) => i % 3 === 2)
      if (ends.some((end, i) => end < (ends[i - 1] ?? 0))) return false
      return found.sort().join() === oneByOne(keywords, text).join()
    }),
    { numRuns: 2_000 },
  )
  t.pass('for 2,000 sets of keywords')
})

t.test('finds a keyword wherever the text is cut into pieces', async (t) => {
  const { search } = findKeywords(['needle', 'na'])
  for (const before of [32_761, 32_762, 32_766, 32_767, 32_768, 65_533, 70_000]) {
    const text = `${'x'.repeat(before)}needle š ${'y'.repeat(100)}`
    t.strictSame(search(text), [0, before, before + 6])
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
