import { agents } from './agents.ts'
import { engines } from './engines.ts'
import { libraries } from './libraries.ts'
import { others } from './others.ts'
import type { HandMade } from './set.ts'
import { shapes } from './shapes.ts'

/** By name: one trace for each convention, or for what is peculiar about it. */
export const handMade: Readonly<Record<string, HandMade>> = {
  ...engines,
  ...libraries,
  ...agents,
  ...shapes,
  ...others,
}
