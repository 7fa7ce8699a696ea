import { Type } from 'typebox'
import { limits } from '../../limits.ts'

/** An execution's id is a free string, percent-encoded; a trace id is an alias of the trace's only execution. */
export const ExecutionParams = Type.Object({ execution: Type.String({ minLength: 1, maxLength: 1_024 }) })

/** Chooses between executions of one id that different grants wrote (a notice gives the values). */
export const ChooseQuery = Type.Object({
  workflow: Type.Optional(Type.String({ maxLength: limits.maxIdLength })),
  realm: Type.Optional(Type.String({ maxLength: 8 })),
})

/** Which rows of a trace; several conditions all hold. */
export const RowFilter = Type.Object({
  root: Type.Optional(Type.String({ maxLength: 16, description: 'only the subtree of this span' })),
  depth: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'levels below the roots, or below `root`' }),
  ),
  around: Type.Optional(
    Type.String({
      maxLength: 16,
      description:
        'the neighbourhood of this span: ancestors, siblings, children; excludes the other filters',
    }),
  ),
  trace_id: Type.Optional(
    Type.String({ maxLength: 32, description: 'whose `root` or `around`, when a span id repeats' }),
  ),
  kind: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'span kinds, separated by commas: matches with their ancestors',
    }),
  ),
  status: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'span states, separated by commas: matches with their ancestors',
    }),
  ),
  q: Type.Optional(
    Type.String({
      minLength: 2,
      maxLength: 200,
      description:
        'part of a name, title, node, model or error message and, with content:read, of the content as this reader sees it; looked for within one stored text, not from one message or part into the next: matches with their ancestors',
    }),
  ),
})
