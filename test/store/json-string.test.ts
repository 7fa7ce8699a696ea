import fc from 'fast-check'
import t from 'tap'
import { CopyRows } from '../../src/store/copy-row.ts'

function written(text: string): string {
  const rows = new CopyRows(16)
  rows.jsonString(text)
  return rows.textSince(0)
}

t.test('a JSON string is what JSON.stringify gives, at every length and place', async (t) => {
  const awkward = [
    '"',
    '\\',
    '\n',
    '\u0000',
    '\u001f',
    '\u007f',
    'é',
    '\u2028',
    '€',
    '\u{1f600}',
    '\ud7ff',
    '\uffff',
  ]
  for (const one of awkward) {
    for (const length of [0, 1, 2, 3, 4, 5, 47, 48, 49, 4093, 4094, 4095, 4096, 4097, 9000]) {
      const text = `${'a'.repeat(length)}${one}b${one}${'c'.repeat(length % 7)}`
      if (written(text) !== JSON.stringify(text)) t.fail(`${JSON.stringify(one)} after ${length}`)
    }
    const many = one.repeat(5000)
    t.equal(written(many), JSON.stringify(many))
  }
  const parts = fc.oneof(fc.constantFrom(...awkward), fc.string({ unit: 'binary', maxLength: 12 }))
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 40 }), (list) => {
      const text = list.join('')
      return written(text) === JSON.stringify(text)
    }),
  )
})

t.test('a lone surrogate becomes U+FFFD', async (t) => {
  t.equal(written(`${'x'.repeat(60)}\ud800"`), `"${'x'.repeat(60)}\ufffd\\""`)
})

t.test('memory that was given back is used again, unless somebody may read it', async (t) => {
  const first = new CopyRows(100_000)
  first.jsonString('first')
  const bytes = first.since(0)
  first.release()
  first.release()
  const second = new CopyRows(100_000)
  second.jsonString('again')
  t.equal(second.since(0).buffer, bytes.buffer)
  second.abandon()
  second.release()
  const third = new CopyRows(100_000)
  third.jsonString('third')
  t.not(third.since(0).buffer, bytes.buffer)
  t.equal(bytes.toString(), '"again"')
})
