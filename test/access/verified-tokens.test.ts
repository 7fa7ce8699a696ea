import t from 'tap'
import { VerifiedTokens } from '../../src/access/verified-tokens.ts'

const principal = { subject: 's', workspace: 'w', workflows: ['*'], scopes: new Set<never>() }
const verified = { principal, id: 'one' }

t.test('a token is known for ten seconds, and never after its end', async (t) => {
  let now = 1_000_000
  const tokens = new VerifiedTokens(() => now)
  tokens.set('long', verified, 2_000)
  tokens.set('short', verified, 1_004)
  tokens.set('over', verified, 1_000)
  tokens.set('without end', verified, Number.NaN)
  t.equal(tokens.get('long'), verified)
  t.equal(tokens.get('short'), verified)
  t.equal(tokens.get('over'), null)
  t.equal(tokens.get('without end'), null)
  t.equal(tokens.get('longer'), null)
  now += 4_000
  t.equal(tokens.get('short'), null)
  t.equal(tokens.get('long'), verified)
  now += 6_000
  t.equal(tokens.get('long'), null)
})

t.test('strangers cannot make it grow', async (t) => {
  const tokens = new VerifiedTokens(() => 0)
  for (let i = 0; i < 1_001; i++) tokens.set(`token ${i}`, verified, 100)
  t.equal(tokens.get('token 0'), null)
  t.equal(tokens.get('token 1000'), verified)
})
