import type { Random } from './random.ts'

const subjects = [
  'The customer',
  'Our team',
  'The second invoice',
  'The deployment',
  'Nobody on the call',
  'The report',
]
const verbs = [
  'asked about',
  'could not reproduce',
  'confirmed',
  'rejected',
  'summarised',
  'has been waiting for',
]
const objects = [
  'the delayed shipment to Rotterdam',
  'the quarterly figures that were sent on Tuesday',
  'a refund of 129.90 EUR for order 48213',
  'the latency of the search index after the last release',
  'access to the shared folder, although the password was reset twice',
  'the number of tokens that the assistant may use per day',
  'the meeting notes – “as short as possible”, she wrote',
]
const ends = [
  ' and wants an answer before Friday.',
  ', which is not what the contract says.',
  '. Please keep the tone friendly and do not promise dates.',
  '; see https://wiki.example.com/runbooks/search?page=3 for the steps.',
  '. The key point is that nothing was lost.',
  '.',
]
const code = [
  'async function loadOrders(since: Date): Promise<Order[]> {\n  const rows = await db.query("select id, total from orders where created_at > $1", [since])\n  return rows.filter((row) => row.total > 0).map(toOrder)\n}\n',
  'def retry(call, attempts=3, delay=0.5):\n    for attempt in range(attempts):\n        try:\n            return call()\n        except TimeoutError as error:\n            log.warning("attempt %d failed: %s", attempt, error)\n            time.sleep(delay * 2 ** attempt)\n    raise RuntimeError("gave up")\n',
  "SELECT customer_id, count(*) AS open_tickets\nFROM tickets\nWHERE status <> 'closed' AND updated_at < now() - interval '3 days'\nGROUP BY customer_id\nORDER BY open_tickets DESC\nLIMIT 20;\n",
]

function sentence(random: Random): string {
  return `${random.pick(subjects)} ${random.pick(verbs)} ${random.pick(objects)}${random.pick(ends)} `
}

function record(random: Random): string {
  const id = random.hex(6)
  return `${JSON.stringify({
    id,
    status: random.pick(['open', 'closed', 'waiting']),
    score: random.whole(1000) / 1000,
    customer: { name: random.pick(['Ada', 'Grace', 'Edsger', 'Barbara']), tier: random.whole(4) },
    tags: ['billing', random.pick(['eu', 'us', 'apac'])],
    updated_at: `2026-11-${10 + random.whole(20)}T08:${10 + random.whole(50)}:00Z`,
  })}\n`
}

/** About `size` characters of what prompts and answers are made of: mostly prose, some code, some JSON. */
export function text(random: Random, size: number): string {
  let written = ''
  while (written.length < size) {
    const kind = random.whole(10)
    if (kind < 6) for (let i = 0; i < 4; i++) written += sentence(random)
    else if (kind < 8) written += `\n\`\`\`\n${random.pick(code)}\`\`\`\n`
    else for (let i = 0; i < 3; i++) written += record(random)
  }
  return written.slice(0, size)
}
