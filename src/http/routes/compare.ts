import { createHash } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { limits } from '../../limits.ts'
import type { Span } from '../../model/span.ts'
import { readContent } from '../../normalize/content.ts'
import { spanKey } from '../../store/load-spans.ts'
import { daysOf } from '../../store/load-structure.ts'
import { type AlignedNode, alignNodes } from '../../tree/compare.ts'
import { diffLines } from '../../tree/line-diff.ts'
import type { SlimSpan } from '../../tree/slim-span.ts'
import { contentTag, formTag, readerTag } from '../answer-tag.ts'
import { compareArtifacts } from '../compare-artifacts.ts'
import { notModified } from '../etag.ts'
import type { Parts } from '../parts.ts'
import { presentCompared, presentNode } from '../present/compare.ts'
import type { View } from '../present/view.ts'
import { findReading } from '../reading.ts'
import { Comparison, type Prompt } from '../schemas/compare.ts'
import { ChooseQuery } from '../schemas/requests.ts'

/** Pairs of model calls whose prompts are compared, nodes of the answer, and lines of one difference. */
const PROMPTS = 200
const NODES = 2_000
const LINES = 200

const Id = Type.String({ minLength: 1, maxLength: 1_024 })

/** Two executions side by side: what was added, removed, repeated, slower, dearer, or asked otherwise. */
export const compare: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.get(
    '/api/executions/:a/compare/:b',
    {
      config: {
        described: {
          tag: 'executions',
          headers: ['if-none-match'],
          answers: {
            200: {
              description: 'Node by node what is different; prompts only with content:read.',
              headers: ['etag', 'x-trace-stale'],
            },
            304: { description: 'The reader has this answer already.' },
          },
          refuses: [404],
        },
      },
      schema: {
        summary: 'Two executions, aligned by the nodes of their workflow',
        params: Type.Object({ a: Id, b: Id }),
        querystring: ChooseQuery,
        response: { 200: Comparison },
      },
    },
    async (request, reply) => {
      const { read } = parts.store
      const ids = request.params
      const [a, b] = [
        await findReading(parts, request, reply, ids.a),
        await findReading(parts, request, reply, ids.b),
      ]
      // of both, and before anything is read of either
      const of = [
        'compare',
        await contentTag(parts, a),
        await contentTag(parts, b),
        readerTag(request, a),
        readerTag(request, b),
        formTag(parts, Comparison),
      ]
      if (notModified(request, reply, [a, b], of)) return
      const [treeA, treeB] = [await read.tree(a.found, a.stale), await read.tree(b.found, b.stale)]
      const nodes = alignNodes(treeA, treeB)
      const shown = nodes.slice(0, NODES)
      const pairs = shown.flatMap(pairsOf)
      const compared = pairs.slice(0, PROMPTS)
      const [spansA, spansB] = [
        await read.spans(
          a.found.execution.realm,
          compared.map((pair) => pair.a),
          daysOf(a.found.traces),
        ),
        await read.spans(
          b.found.execution.realm,
          compared.map((pair) => pair.b),
          daysOf(b.found.traces),
        ),
      ]
      const prompts = new Map<AlignedNode, Prompt[]>()
      for (const pair of compared) {
        const sides = [spansA.get(spanKey(pair.a)), spansB.get(spanKey(pair.b))] as const
        const changed = sides[0] && sides[1] ? comparePrompts(sides[0], sides[1], a.view, b.view) : null
        if (changed === null) continue
        const prompt = { call: pair.call, a_span_id: pair.a.spanId, b_span_id: pair.b.spanId, ...changed }
        prompts.set(pair.node, [...(prompts.get(pair.node) ?? []), prompt])
      }
      const artifacts = await compareArtifacts(parts, a, b, shown)
      return {
        a: presentCompared(a.found),
        b: presentCompared(b.found),
        nodes: shown.map((node) => presentNode(node, prompts.get(node) ?? [], artifacts.of(node), b.view)),
        notices: [
          ...cut('nodes_cut', 'nodes', shown.length, nodes.length),
          ...cut('prompts_cut', 'pairs of prompts', compared.length, pairs.length),
          ...(artifacts.cut
            ? [{ code: 'artifacts_cut', message: 'Artifacts of the first spans were compared' }]
            : []),
        ],
      }
    },
  )
}

/** The model calls of a node, first with first. */
function pairsOf(node: AlignedNode): { node: AlignedNode; call: number; a: SlimSpan; b: SlimSpan }[] {
  const { a, b } = node
  if (a === null || b === null) return []
  return a.calls
    .slice(0, b.calls.length)
    .map((call, i) => ({ node, call: i, a: call, b: b.calls[i] as SlimSpan }))
}

/** Null = the input messages are the same. The texts are told as the reader may see them, or not at all. */
function comparePrompts(a: Span, b: Span, viewA: View, viewB: View): Pick<Prompt, 'lines' | 'cut'> | null {
  const [inputA, inputB] = [readContent(a).input, readContent(b).input]
  if (hashOf(inputA) === hashOf(inputB)) return null
  if (!viewA.content || !viewB.content) return {}
  const text = (input: typeof inputA, view: View) =>
    textOf(view.mask({ messages: input.messages, value: input.value }))
  const [textA, textB] = [text(inputA, viewA), text(inputB, viewB)]
  return diffLines(textA, textB, LINES)
}

const hashOf = (input: object) => createHash('sha256').update(JSON.stringify(input, jsonable)).digest('hex')

const jsonable = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)

/** Messages as text, one part after the other, so that a difference reads like the prompt. */
function textOf({
  messages,
  value,
}: {
  messages: readonly { role: string; parts: readonly object[] }[]
  value: unknown
}) {
  const text =
    messages.length === 0
      ? typeof value === 'string'
        ? value
        : JSON.stringify(value, jsonable, 1)
      : messages.map(({ role, parts }) => `${role}:\n${parts.map(partText).join('\n')}`).join('\n\n')
  return (text ?? '').slice(0, limits.compareText)
}

function partText(part: object): string {
  const { content } = part as { content?: unknown }
  return typeof content === 'string' ? content : JSON.stringify(part, jsonable, 1)
}

function cut(code: string, what: string, shown: number, all: number) {
  return shown === all
    ? []
    : [{ code, message: `Only the first ${shown} of ${all} ${what} were compared`, count: all }]
}
