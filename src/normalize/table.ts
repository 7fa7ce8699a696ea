import { compile } from './compile.ts'
import { families, orders } from './families/index.ts'

/** The list of families, compiled once. */
export const table = compile(families, orders)
