import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { ruleSetVersion } from '../redactors.ts'
import { version } from '../version.ts'
import type { Parts } from './parts.ts'
import { artifactVersion } from './present/artifact.ts'
import type { Reading } from './reading.ts'

/** What a tag must hold of who reads, besides what is read: what of it is hidden, masked or left out. */
export const readerTag = ({ principal }: Pick<FastifyRequest, 'principal'>, { found, view }: Reading) => [
  principal.workspace,
  found.execution.workflowId,
  view.content,
  artifactVersion(view.artifacts),
]

/** What a tag must hold of an execution whose spans an answer tells without their content. */
export function executionTag({ found: { execution } }: Reading): unknown[] {
  const { realm, key, version: spans, status, complete } = execution
  return [realm, key, spans, status, complete]
}

/** The same where content is told, or compared: log records carry it too. */
export const contentTag = async ({ store }: Parts, reading: Reading): Promise<unknown[]> => [
  ...executionTag(reading),
  await store.read.logsVersion(reading.found),
]

const forms = new WeakMap<Parts['config']['redaction'], Map<TSchema, string>>()

/** A word for how an answer is made: another policy, form or version of this service makes other answers. */
export function formTag({ config: { redaction } }: Parts, schema: TSchema): string {
  let known = forms.get(redaction)
  if (known === undefined) forms.set(redaction, (known = new Map()))
  let tag = known.get(schema)
  if (tag === undefined) {
    const made = JSON.stringify([version, ruleSetVersion(redaction), schema])
    tag = createHash('sha256').update(made).digest('base64url')
    known.set(schema, tag)
  }
  return tag
}
