import { setTimeout as sleep } from 'node:timers/promises'
import { type JsonAnswer, type JsonRequest, type LocalServer, serveJson } from './json-server.ts'
import type { Ticket } from './tickets.ts'

/** Publishing the answer to this ticket fails: the mail gateway behind the API is down. */
const UNDELIVERABLE = 'T-1044'

/** The downstream service of the sample workflows: tickets, orders, parcels. `pace` scales its delays. */
export function startTicketApi(tickets: readonly Ticket[], pace: number): Promise<LocalServer> {
  return serveJson(async (request) => {
    await sleep((20 + Math.random() * 60) * pace)
    return route(request, tickets)
  })
}

function route({ method, path, body }: JsonRequest, tickets: readonly Ticket[]): JsonAnswer {
  const [, collection, id = '', action] = path.split('/')
  if (collection === 'tickets' && id === '')
    return { status: 200, body: tickets.map(({ id, subject }) => ({ id, subject })) }
  const ticket = tickets.find((candidate) => candidate.id === id)
  if (collection === 'tickets' && ticket) {
    if (action === 'reply' && method === 'POST') return publish(ticket, body)
    return { status: 200, body: ticket }
  }
  if (collection === 'orders') return { status: 200, body: order(id) }
  if (collection === 'parcels') return { status: 200, body: parcel(id) }
  return { status: 404, body: { error: 'not found' } }
}

function publish(ticket: Ticket, body: unknown): JsonAnswer {
  if (ticket.id === UNDELIVERABLE) {
    return { status: 502, body: { error: 'mail gateway: connection reset by peer', retry: true } }
  }
  return { status: 201, body: { message_id: `msg-${ticket.id}`, characters: JSON.stringify(body).length } }
}

function order(id: string): object {
  const company = id.startsWith('B')
  return {
    order_id: id,
    status: company ? 'delivered' : 'shipped',
    total: company ? '9560.00' : '149.90',
    currency: 'EUR',
    items: company ? [{ sku: 'CHAIR-11', quantity: 40 }] : [{ sku: 'LAMP-04', quantity: 1 }],
    charges: [
      { at: '2026-11-17T09:14:02Z', authorisation: '88F2A1', amount: company ? '9560.00' : '149.90' },
      ...(id === 'A-77098'
        ? [{ at: '2026-11-17T09:14:09Z', authorisation: '90C7D4', amount: '149.90' }]
        : []),
    ],
  }
}

function parcel(id: string): object {
  return {
    order_id: id,
    carrier: 'NordPost',
    state: id === 'A-77155' ? 'label_created' : 'delivered',
    photo: null,
    events: [
      { at: '2026-11-16T18:40:00Z', text: 'handed to the carrier' },
      { at: '2026-11-17T13:02:00Z', text: id === 'A-77155' ? 'label created' : 'delivered, no photo' },
    ],
  }
}
