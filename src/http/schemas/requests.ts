import { Type } from 'typebox'
import { limits } from '../../limits.ts'

/** An execution's id is a free string, percent-encoded; a trace id is an alias of the trace's only execution. */
export const ExecutionParams = Type.Object({ execution: Type.String({ minLength: 1, maxLength: 1_024 }) })

/** Chooses between executions of one id that different grants wrote (a notice gives the values). */
export const ChooseQuery = Type.Object({
  workflow: Type.Optional(Type.String({ maxLength: limits.maxIdLength })),
  realm: Type.Optional(Type.String({ maxLength: 8 })),
})
