import { randomBytes } from 'node:crypto'

/** A request of a customer, as the ticket API of the demo knows it. */
export interface Ticket {
  id: string
  subject: string
  from: string
  body: string
  orderId: string | null
}

/** Looks like a provider key to every scanner; made anew each time, so that none lies in the source. */
function inventedKey(): string {
  return ['sk', 'proj', randomBytes(24).toString('hex')].join('-')
}

/** The tickets of the demo. One holds a key and an e-mail address, so that redaction can be seen. */
export function inventTickets(): Ticket[] {
  return [
    {
      id: 'T-1041',
      subject: 'Parcel shows as delivered, nothing here',
      from: 'Maria Lindqvist',
      orderId: 'A-77120',
      body: `Hello,

the tracking page says my parcel was **delivered on Tuesday at 14:02**, but there is nothing at my door, nothing with the neighbours and nothing at the pick-up point.

- Order: A-77120
- Carrier: NordPost
- I was at home all day

Could you please find out where it is? It is a birthday present for Saturday, so a replacement would be fine too.

Kind regards
Maria`,
    },
    {
      id: 'T-1042',
      subject: 'Charged twice for one order',
      from: 'Tomasz Wiśniewski',
      orderId: 'A-77098',
      body: `Hi team,

my card statement has two charges of 149,90 € for the same order:

| date | text | amount |
|---|---|---|
| 17 Nov | SHOP A-77098 | 149,90 € |
| 17 Nov | SHOP A-77098 | 149,90 € |

I only pressed the button once; the page hung for a while. Please refund one of them. You can reach me at tomasz.wisniewski@example.org.

Thanks, Tomasz`,
    },
    {
      id: 'T-1043',
      subject: 'API key stopped working after rotation',
      from: 'Platform team, Oakfield',
      orderId: null,
      body: `Since this morning's rotation our integration gets 401 on every call. This is what we send:

\`\`\`http
POST /v2/orders HTTP/1.1
Host: api.shop.example
Authorization: Bearer ${inventedKey()}
Content-Type: application/json

{"sku": "LAMP-04", "quantity": 12, "warehouse": "north"}
\`\`\`

The old key still works in the sandbox. Did we miss a step? Please answer to integration@oakfield.example, and treat this as urgent: twelve shops cannot order.`,
    },
    {
      id: 'T-1044',
      subject: 'Lamp arrived broken',
      from: 'Chidi Okafor',
      orderId: 'A-77131',
      body: `The glass of the LAMP-04 was in pieces when I opened the box. The box itself looked fine.

I have photos. What I would like, in this order:

1. a new glass only, if that exists
2. a replacement lamp
3. my money back`,
    },
    {
      id: 'T-1045',
      subject: 'Return for a company order of 40 chairs',
      from: 'Sofie Brandt, Brandt & Co',
      orderId: 'B-20417',
      body: `Good morning,

we ordered 40 chairs (CHAIR-11, order B-20417, 9 560,00 €) and our new office has been postponed by a year. We would like to return **all of them**, unopened, and need the refund before the end of the quarter.

Please confirm in writing, with the address for the freight company.`,
    },
    {
      id: 'T-1046',
      subject: 'Never mind, found it',
      from: 'Jonas Weber',
      orderId: 'A-77140',
      body: `I wrote yesterday that my order had not arrived. The neighbour had it. You can close this, thank you!`,
    },
    {
      id: 'T-1047',
      subject: 'Change the delivery address',
      from: 'Aiko Tanaka',
      orderId: 'A-77155',
      body: `I moved last week and forgot to change the address of order A-77155 (会社ではなく自宅へ). New address:

Lindenstraße 8, 2. OG
04107 Leipzig

Is that still possible? 🙏`,
    },
  ]
}
