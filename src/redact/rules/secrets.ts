import type { Rule } from '../rule.ts'
import { cloudRules } from './clouds.ts'
import { codeRules } from './code.ts'
import { modelRules } from './models.ts'
import { serviceRules } from './services.ts'

/** Tokens of named providers. Order is precedence: where two overlap, the first gives the name. */
export const secretRules: readonly Rule[] = [...modelRules, ...cloudRules, ...codeRules, ...serviceRules]
