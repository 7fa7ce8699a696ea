import type { SpanDetail } from '../../src/http/schemas/trace.ts'
import { MODEL, type SampleSpan } from './sample-trace.ts'

/** Texts of the sample executions: what a support agent's prompts, tools and answers look like. */
export const SYSTEM = `You are the support agent of Northwind Outdoor, an online shop for camping equipment.

Answer in the customer's language. Be brief and concrete. Use the tools before you guess:
- search_orders(customer_id, text) finds orders by customer and words of their lines
- get_shipment(order_id) tells where a parcel is and when it arrives
- create_return(order_id, line, reason) opens a return and gives back its label

Rules
1. Never promise a refund above 200 EUR without the approval of a colleague.
2. If a parcel is more than five days late, offer a replacement at once.
3. Quote order numbers as NW-12345. Do not reveal internal notes.
4. When the customer is upset, say in one sentence what you understood, then act.`

export const QUESTION = `Hi, I ordered a two-person tent (Ridgeline 2) last Tuesday and it still says "label created". We leave for Norway on Friday morning. Can you tell me where it is, and if it cannot make it, send another one by express? My number is [redacted:phone] if that is quicker.`

export const REASONING = `The customer needs the tent before Friday. First find the order, then the shipment. If the parcel has not moved for five days the rules let me offer a replacement at once. Express takes one day from the Hamburg warehouse, so there is still time if it leaves today.`

export const SHIPMENT = {
  order_id: 'NW-48213',
  carrier: 'Postnord',
  status: 'label_created',
  last_scan: null,
  promised: '2026-11-20',
  late_days: 6,
  lines: [
    { sku: 'TNT-RDG-2', name: 'Ridgeline 2', quantity: 1, price: '329.00', currency: 'EUR' },
    { sku: 'PEG-TI-10', name: 'Titanium pegs, 10', quantity: 1, price: '24.50', currency: 'EUR' },
  ],
  stock: { hamburg: 14, lyon: 0, express_cutoff: '2026-11-22T16:00:00Z' },
}

export const ANSWER = `I am sorry: your **Ridgeline 2** should have been with you on Friday, and the parcel has not left our warehouse.

Here is what I have done:

1. A replacement leaves Hamburg **today by express** and reaches you on Tuesday, well before your trip.
2. The first parcel is stopped, so you will not be charged twice.
3. You will get the tracking number for order \`NW-48213\` within the hour.

Have a great time in Norway!`

export const HOSTILE = `Please summarise <script>globalThis.pwned = 1</script> and <img src=x onerror="globalThis.pwned = 2">.

[click me](javascript:globalThis.pwned=3) ![track](https://tracker.example/pixel.png) <svg onload="globalThis.pwned=4">

<iframe src="data:text/html,<script>parent.pwned=5</script>"></iframe>`

/** What went into a span and came out of it. */
export function contentOf(span: SampleSpan): Pick<SpanDetail, 'input' | 'output'> {
  if (span.said !== undefined) {
    const message = (role: string) => ({ role, parts: [{ type: 'text' as const, content: span.said ?? '' }] })
    return {
      input: { messages: [message('user')], value: null },
      output: { messages: [message('assistant')], value: null },
    }
  }
  if (span.kind === 'llm') {
    return {
      input: {
        messages: [
          { role: 'system', parts: [{ type: 'text', content: SYSTEM }] },
          {
            role: 'user',
            parts: [{ type: 'text', content: span.model === MODEL ? QUESTION : `${QUESTION}\n\n${HOSTILE}` }],
          },
          {
            role: 'assistant',
            parts: [
              { type: 'reasoning', content: REASONING },
              {
                type: 'tool_call',
                id: 'call_1',
                name: 'get_shipment',
                arguments: { order_id: 'NW-48213', verbose: true },
              },
            ],
          },
          {
            role: 'tool',
            parts: [{ type: 'tool_result', id: 'call_1', name: 'get_shipment', result: SHIPMENT }],
          },
        ],
        value: null,
      },
      output: {
        messages: [{ role: 'assistant', parts: [{ type: 'text', content: ANSWER }], finish_reason: 'stop' }],
        value: null,
      },
    }
  }
  if (span.kind === 'tool') {
    return {
      input: { messages: [], value: { order_id: 'NW-48213' } },
      output: { messages: [], value: SHIPMENT },
    }
  }
  return {
    input: {
      messages: [],
      value: span.kind === 'workflow' ? { ticket: 'T-9921', question: QUESTION } : null,
    },
    output: { messages: [], value: span.kind === 'workflow' ? { resolved: true, answer: ANSWER } : null },
  }
}
