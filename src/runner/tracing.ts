import { type Context, context, createContextKey, ROOT_CONTEXT, type Tracer } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOnSampler, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { type Endpoint, endpointOf } from './endpoint.ts'
import { ExportQueue } from './export-queue.ts'
import { FallbackLog } from './fallback-log.ts'
import { type RunnerOptions, type Settings, settingsOf } from './options.ts'
import { SnapshotProcessor } from './processor.ts'
import { Uploads } from './uploads.ts'
import { quietly, Warnings } from './warnings.ts'

/** What every span of an execution says, so that it can be placed before its root has come. */
export interface Identity {
  executionId: string
  workflowId: string
}

/** The parts of one runner, wired once. */
export class Tracing {
  readonly settings: Settings
  readonly warnings: Warnings
  readonly queue: ExportQueue
  readonly uploads: Uploads
  readonly processor: SnapshotProcessor
  readonly tracer: Tracer
  readonly #endpoint: Endpoint
  readonly #spanKey = createContextKey('workflow-trace span')
  readonly #identities = new WeakMap<object, Identity>()

  constructor(options: RunnerOptions) {
    this.settings = settingsOf(options)
    this.warnings = new Warnings(options.log)
    this.#endpoint = endpointOf(options)
    const fallback = options.fallbackLog ? new FallbackLog(options.fallbackLog, this.warnings) : null
    this.queue = new ExportQueue(this.#endpoint, this.settings, fallback, this.warnings)
    this.uploads = new Uploads(this.#endpoint, this.warnings)
    this.processor = new SnapshotProcessor(this.queue, this.settings)
    const provider = new NodeTracerProvider({
      resource: resourceFromAttributes({ ...options.resource, 'service.name': options.serviceName }),
      spanProcessors: [this.processor],
      // an execution is shown whole or not at all: a caller's sampling does not decide it
      sampler: new AlwaysOnSampler(),
      spanLimits: { attributeCountLimit: 1024, eventCountLimit: 1024, linkCountLimit: 1024 },
    })
    // another SDK of the process keeps its place; without one, instrumentations join our trees
    if (!hasContextManager()) quietly(() => provider.register())
    this.tracer = provider.getTracer('workflow-trace/runner')
  }

  /** The `WorkflowSpan` of this runner that the calling code runs in, if any. */
  activeSpan(from: Context = context.active()): unknown {
    return from.getValue(this.#spanKey)
  }

  withSpan(parent: Context, span: object, identity: Identity): Context {
    this.#identities.set(span, identity)
    return parent.setValue(this.#spanKey, span)
  }

  identityOf(span: object): Identity | undefined {
    return this.#identities.get(span)
  }
}

function hasContextManager(): boolean {
  const key = createContextKey('probe')
  return context.with(ROOT_CONTEXT.setValue(key, true), () => context.active().getValue(key) === true)
}
