import { type Static, Type } from 'typebox'
import { Time } from './common.ts'

/** What an erasure did: kept by whoever asked for it, and in the audit log. */
export const EraseReceipt = Type.Object({
  receipt_id: Type.String({ description: 'also in the audit log' }),
  execution_id: Type.String(),
  erased_at: Time,
  executions: Type.Integer({ description: 'of this id, within reach of the token' }),
  spans: Type.Integer(),
  artifacts: Type.Integer(),
  traces: Type.Integer({ description: 'traces that held spans of them' }),
})
export type EraseReceipt = Static<typeof EraseReceipt>
