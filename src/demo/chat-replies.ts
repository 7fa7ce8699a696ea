/** The part of a chat request that the answers of the demo depend on. */
export interface ChatRequest {
  model: string
  messages: { role: string; content?: unknown }[]
  tools?: { function?: { name?: string } }[]
  response_format?: { type?: string }
}

export interface Reply {
  content: string | null
  toolCalls: { name: string; arguments: Record<string, unknown> }[]
}

interface Case {
  words: RegExp
  category: string
  urgency: 'low' | 'normal' | 'high'
  sentiment: string
  calls: { name: string; arguments: (orderId: string) => Record<string, unknown> }[]
  answer: (name: string, orderId: string) => string
}

const order = { name: 'get_order', arguments: (order_id: string) => ({ order_id }) }
const parcel = { name: 'track_parcel', arguments: (order_id: string) => ({ order_id, with_photo: true }) }

const cases: Case[] = [
  {
    words: /double|twice/i,
    category: 'billing',
    urgency: 'high',
    sentiment: 'annoyed',
    calls: [
      order,
      { name: 'refund', arguments: (order_id) => ({ order_id, amount: '149.90', reason: 'double charge' }) },
    ],
    answer: (name, orderId) =>
      `Hello ${name},\n\nyou are right: order **${orderId}** has two charges with *different* authorisation codes (\`88F2A1\`, \`90C7D4\`), so this is a real double charge and not a reservation.\n\nI have refunded the second one:\n\n- amount: **149,90 €**\n- on your card: in 3–5 banking days\n\nI am sorry for the trouble the hanging page has caused.\n\nBest wishes\nSupport`,
  },
  {
    words: /401|API key/i,
    category: 'integration',
    urgency: 'high',
    sentiment: 'worried',
    calls: [
      { name: 'get_key_status', arguments: () => ({ customer: 'oakfield', environment: 'production' }) },
    ],
    answer: (name) =>
      `Hello ${name},\n\nthe old key was revoked **before** the new one had been activated. What to do:\n\n1. open *Settings → Keys → Activate* for the new key\n2. tick the scope \`orders:write\`\n3. wait 15 minutes\n\n> Please never send us a key. We have revoked the one in your message; make another one.\n\nBest wishes\nSupport`,
  },
  {
    words: /broken|pieces/i,
    category: 'damage',
    urgency: 'normal',
    sentiment: 'calm',
    calls: [order, { name: 'get_stock', arguments: () => ({ part: 'G-04' }) }],
    answer: (name, orderId) =>
      `Hello ${name},\n\nthank you for the photos. Your first wish works: the spare glass **G-04** for the LAMP-04 of order ${orderId} is in stock and leaves our house tomorrow, free of charge.\n\nBest wishes\nSupport`,
  },
  {
    words: /return|refund before/i,
    category: 'return',
    urgency: 'normal',
    sentiment: 'businesslike',
    calls: [order],
    answer: (name, orderId) =>
      `Hello ${name},\n\nthe 40 chairs of order **${orderId}** are within the 60 days. I have put the refund of 9 560,00 € before our team lead and write to you as soon as it is approved.\n\nBest wishes\nSupport`,
  },
  {
    words: /address|moved/i,
    category: 'delivery',
    urgency: 'normal',
    sentiment: 'friendly',
    calls: [parcel],
    answer: (name, orderId) =>
      `Hello ${name},\n\nyes, that is still possible: order ${orderId} has a label but has not been picked up. I have changed the address to\n\n\`\`\`\nLindenstraße 8, 2. OG\n04107 Leipzig\n\`\`\`\n\nお引っ越しおめでとうございます 🎉\n\nBest wishes\nSupport`,
  },
]

const lost: Case = {
  words: /./,
  category: 'delivery',
  urgency: 'normal',
  sentiment: 'disappointed',
  calls: [order, parcel],
  answer: (name, orderId) =>
    `Hello ${name},\n\nI am sorry that your parcel is nowhere to be found. The carrier has **no photo** of the delivery of order ${orderId}, so we do not make you wait: a replacement leaves today by express and arrives on Friday, in time for Saturday.\n\n- new tracking number: \`NP-5519-20\`\n- should the first parcel turn up, just keep it closed and tell us\n\nBest wishes\nSupport`,
}

/** The script: what the model of the demo says to a request. The same request gets the same answer. */
export function reply(request: ChatRequest): Reply {
  const text = request.messages.map((message) => JSON.stringify(message.content ?? '')).join('\n')
  const asked = String(request.messages.find((message) => message.role === 'user')?.content ?? '')
  // the articles beneath a ticket mention every topic
  const user = asked.split('\n## Articles')[0] ?? ''
  const found = cases.find((candidate) => candidate.words.test(user)) ?? lost
  if (request.response_format?.type === 'json_schema') return said(JSON.stringify(classify(found)))
  if (/weekly report/i.test(text)) return said(weeklyReport)
  if (/one sentence/i.test(text))
    return said(`The customer writes about ${found.category} and sounds ${found.sentiment}.`)
  const orderId = /[AB]-\d{5}/.exec(user)?.[0] ?? 'A-77120'
  const done = request.messages.filter((message) => message.role === 'tool').length
  const offered = new Set(request.tools?.map((tool) => tool.function?.name))
  const next = found.calls[done]
  if (next && offered.has(next.name)) {
    return { content: null, toolCalls: [{ name: next.name, arguments: next.arguments(orderId) }] }
  }
  const name = /From: ([^\n,]+)/.exec(user)?.[1] ?? 'there'
  return said(found.answer(name, orderId))
}

function said(content: string): Reply {
  return { content, toolCalls: [] }
}

function classify(found: Case): object {
  return {
    category: found.category,
    urgency: found.urgency,
    sentiment: found.sentiment,
    needs_human: found.category === 'return',
    confidence: found === lost ? 0.71 : 0.94,
  }
}

const weeklyReport = `## Support, week 47

Seven tickets, **five closed without a human**. Two things stand out:

1. *Delivered, but not there*: NordPost had no photo in 3 of 3 cases. Worth a word with the carrier.
2. The payment page hangs long enough for people to press twice. Billing sees about one double charge a day.

| category | tickets | closed |
|---|---:|---:|
| delivery | 3 | 3 |
| billing | 1 | 1 |
| integration | 1 | 1 |
| damage | 1 | 0 |
| return | 1 | 0 |
`
