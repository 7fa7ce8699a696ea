import type { OtlpSpan } from '../../model/otlp.ts'
import type { Family, NameRules } from '../family.ts'
import { statusThrown } from '../status.ts'

/** What a client, or a workflow, asks of the server. */
const CALLS = [
  'StartWorkflow',
  'StartChildWorkflow',
  'SignalWorkflow',
  'SignalWithStartWorkflow',
  'SignalChildWorkflow',
  'SignalExternalWorkflow',
  'QueryWorkflow',
  'UpdateWorkflow',
  'StartWorkflowUpdate',
  'UpdateWithStartWorkflow',
  'StartUpdateWithStartWorkflow',
  'CancelWorkflow',
  'TerminateWorkflow',
  'DescribeWorkflow',
  'CreateSchedule',
  'StartNexusOperation',
]

/** What a worker does beside running workflows and activities. */
const STEPS = [
  'StartActivity',
  'HandleSignal',
  'HandleQuery',
  'HandleUpdate',
  'ValidateUpdate',
  'ContinueAsNew',
  'RunStartNexusOperationHandler',
  'RunCancelNexusOperationHandler',
]

const named = (operations: readonly string[], kind: string): NameRules =>
  Object.fromEntries(operations.map((operation) => [`${operation}:`, { kind }]))

/** Temporal's interceptors. The names carry the type of workflow or activity after the colon. */
export const temporal: Family = {
  name: 'temporal',
  verified: true,
  fields: {
    executionId: ['temporalRunID', 'temporalRunId', 'run_id'],
    nodeId: ['temporalActivityID', 'temporalActivityId'],
    nodeKind: ['temporalActivityType'],
  },
  spanNames: {
    'RunWorkflow:': { kind: 'workflow' },
    // the Python SDK marks a workflow's start and its end by a span each, both without a duration
    'CompleteWorkflow:': { kind: 'workflow' },
    'RunActivity:': { kind: 'node' },
    ...named(CALLS, 'downstream'),
    ...named(STEPS, 'internal'),
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
    // and leaves the status unset where the workflow failed
    if (span.name.startsWith('CompleteWorkflow:')) {
      const thrown = span.events
        .findLast(({ name }) => name === 'exception')
        ?.attributes.get('exception.type')
      if (typeof thrown === 'string') reading.suggest('status', statusThrown(thrown))
    }
  },
}

function typeOf({ name }: OtlpSpan): string | null {
  const type = /^(?:Run|Start|StartChild|Complete|Signal|Validate|Handle)[A-Z][A-Za-z]+:(.+)$/.exec(name)?.[1]
  return type ?? null
}
