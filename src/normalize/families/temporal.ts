import type { OtlpSpan } from '../../model/otlp.ts'
import type { Family } from '../family.ts'

/** Temporal's interceptors. The names carry the type of workflow or activity after the colon. */
export const temporal: Family = {
  name: 'temporal',
  verified: false,
  fields: {
    executionId: ['temporalRunID', 'temporalRunId', 'run_id'],
    nodeId: ['temporalActivityID', 'temporalActivityId'],
    nodeKind: ['temporalActivityType'],
  },
  spanNames: {
    'RunWorkflow:': { kind: 'workflow' },
    'StartWorkflow:': { kind: 'downstream' },
    'StartChildWorkflow:': { kind: 'downstream' },
    'RunActivity:': { kind: 'node' },
    'StartActivity:': { kind: 'internal' },
    'SignalWorkflow:': { kind: 'downstream' },
    'HandleSignal:': { kind: 'internal' },
    'HandleQuery:': { kind: 'internal' },
    'HandleUpdate:': { kind: 'internal' },
    'ValidateUpdate:': { kind: 'internal' },
    'CompleteWorkflow:': { kind: 'internal' },
  },
  interpret(reading, span) {
    const type = typeOf(span)
    if (type === null) return
    if (/^(Run|Start|Complete)Workflow:/.test(span.name)) reading.suggest('workflowName', type)
    if (span.name.startsWith('RunActivity:')) {
      // The activity's type is the node; its id only counts its runs.
      reading.set('nodeId', type)
      reading.set('nodeName', type)
    } else reading.set('nodeId', null)
  },
}

function typeOf({ name }: OtlpSpan): string | null {
  const type = /^(?:Run|Start|StartChild|Complete|Signal|Validate|Handle)[A-Z][A-Za-z]+:(.+)$/.exec(name)?.[1]
  return type ?? null
}
