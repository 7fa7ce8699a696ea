import { type Static, Type } from 'typebox'
import { Nullable, Time } from './common.ts'

/** One access, or a refusal with its repetitions. */
export const AuditEntry = Type.Object({
  id: Type.String({ description: 'grows with time' }),
  at: Time,
  subject: Type.String({ description: 'who: the subject of the token, or key:<id>' }),
  action: Type.String({ description: 'reveal, denied, not_found, and what else is worth a record' }),
  workflow_id: Nullable(Type.String()),
  execution_id: Nullable(Type.String()),
  trace_id: Nullable(Type.String()),
  span_id: Nullable(Type.String()),
  reason: Nullable(Type.String({ description: 'why, in the words of who did it' })),
  times: Type.Integer({ description: 'repetitions within a minute, added up' }),
  details: Nullable(Type.Record(Type.String(), Type.Unknown())),
})
export type AuditEntry = Static<typeof AuditEntry>

export const AuditEntries = Type.Array(AuditEntry)
