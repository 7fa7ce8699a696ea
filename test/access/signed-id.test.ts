import { randomBytes } from 'node:crypto'
import t from 'tap'
import { readSignedId, signId } from '../../src/access/signed-id.ts'

const key = randomBytes(32)
const now = Date.parse('2026-01-01T00:00:00.900Z')

t.test('a signed id is good until its time, with its key', async (t) => {
  const signed = signId(key, 'art_x', now + 60_000)
  t.match(signed, /^art_x\.[0-9a-z]+\.[\w-]{22}$/)
  t.same(readSignedId(key, signed, now), { id: 'art_x', valid: true })
  t.same(readSignedId(key, signed, now + 59_000), { id: 'art_x', valid: true })
  t.same(readSignedId(key, signed, now + 60_000), { id: 'art_x', valid: false })
  t.same(readSignedId(randomBytes(32), signed, now), { id: 'art_x', valid: false })
})

t.test('any change of any character breaks it', async (t) => {
  const signed = signId(key, 'art_x', now + 60_000)
  for (let i = 0; i < signed.length; i++) {
    for (const character of ['A', '0', '.', '_']) {
      if (signed[i] === character) continue
      const changed = signed.slice(0, i) + character + signed.slice(i + 1)
      t.notOk(readSignedId(key, changed, now)?.valid, changed)
    }
  }
})

t.test('what has not the form of one is none', async (t) => {
  for (const text of ['', 'art_x', '.', '..', 'a..b', `a.b.${'x'.repeat(23)}`, 'a.B.c', 'a\nb.0.c']) {
    t.equal(readSignedId(key, text, now), null, JSON.stringify(text))
  }
  const dotted = signId(key, 'a.b.c', now + 1000)
  t.same(readSignedId(key, dotted, now), { id: 'a.b.c', valid: true }, 'an id may have dots')
})
