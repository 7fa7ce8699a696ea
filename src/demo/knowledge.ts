/** An article that the retriever of the demo finds. */
export interface Article {
  id: string
  title: string
  text: string
}

export const articles: readonly Article[] = [
  {
    id: 'kb-12',
    title: 'Parcels marked delivered that did not arrive',
    text: 'Ask for the photo of the delivery. If the carrier has none within 24 hours, send a replacement parcel; the claim against the carrier is ours. Lost orders above 500 € need a declaration of the customer.',
  },
  {
    id: 'kb-18',
    title: 'Double charges and duplicate card payments',
    text: 'Two charges with one authorisation code are a reservation and vanish within 5 days. Two codes are a double charge: refund the later one, up to 200 € without approval.',
  },
  {
    id: 'kb-23',
    title: 'API key rotation and 401 answers',
    text: 'A rotated key is valid after 15 minutes and only for the scopes that were ticked. 401 after that: the old key was revoked before the new one was activated. Never ask a customer to send a key.',
  },
  {
    id: 'kb-31',
    title: 'Broken goods and spare glass for lamps',
    text: 'LAMP-02 to LAMP-07 have spare glass (part G-04). Send the part first; a whole replacement only if the part is out of stock. Photos are needed for the claim.',
  },
  {
    id: 'kb-40',
    title: 'Returns of company orders',
    text: 'Unopened goods within 60 days. A refund above 1 000 € needs the approval of a team lead before the customer gets any promise.',
  },
  {
    id: 'kb-44',
    title: 'Change of delivery address',
    text: 'Possible until the parcel has a label. Afterwards the carrier can redirect it to a pick-up point near the new address, free of charge.',
  },
]
