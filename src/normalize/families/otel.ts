import type { Family } from '../family.ts'
import { COPIED_IDS } from './copied.ts'

/** What every OpenTelemetry span may carry, and ids that a baggage processor copied. Comes last. */
export const otel: Family = {
  name: 'otel',
  verified: true,
  fields: {
    errorType: ['error.type', 'exception.type'],
    errorMessage: ['error.message', 'exception.message'],
  },
  prefixes: { '': COPIED_IDS, 'baggage.': COPIED_IDS },
  content: ['input', 'output'],
  structure: [
    'exception.*',
    'code.*',
    'process.*',
    'os.*',
    'host.*',
    'k8s.*',
    'container.*',
    'cloud.*',
    'telemetry.*',
    'service.*',
  ],
  messages: [
    {
      stage: 'value',
      read: (source, side) => {
        const value = source.json(side)
        return value === undefined ? undefined : { messages: [], value }
      },
    },
  ],
}
