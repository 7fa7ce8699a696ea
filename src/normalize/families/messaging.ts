import type { Family } from '../family.ts'
import { first, joined } from './downstream.ts'

/** Queues and topics; Celery and BullMQ, whose spans name no messaging system. */
export const messaging: Family = {
  name: 'messaging',
  verified: true,
  fields: {
    kindHint: [
      { key: 'messaging.system', is: 'downstream' },
      { key: 'messaging.destination.name', is: 'downstream' },
      { key: 'messaging.destination', is: 'downstream' },
      { key: 'celery.task_name', is: 'downstream' },
      { key: 'bullmq.queue.name', is: 'downstream' },
    ],
  },
  content: [
    'messaging.message.body',
    // what a retried task or a failed job says of its failure, and what a job answered
    'celery.retry.reason',
    'bullmq.job.failed.reason',
    'bullmq.job.result',
  ],
  // BullMQ catches what a job throws: its span tells of it in an event and ends well.
  interpret(reading, span) {
    const failed = span.events.find(({ name }) => name === 'job failed')
    if (failed === undefined) return
    reading.suggest('status', 'error')
    reading.suggest('errorMessage', failed.attributes.get('bullmq.job.failed.reason') ?? null)
  },
  // the destination alone says less than a name like `publish orders`
  title: (get) => {
    const operation = first(
      get,
      'messaging.operation.name',
      'messaging.operation.type',
      'messaging.operation',
    )
    const destination = first(
      get,
      'messaging.destination.template',
      'messaging.destination.name',
      'messaging.destination',
    )
    return operation === null || destination === null ? null : joined(operation, destination)
  },
}
