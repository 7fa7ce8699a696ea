import { createInterface } from 'node:readline/promises'
import { loadConfig } from '../config.ts'
import type { Database } from '../store/database.ts'
import { type EraseReceipt, eraseExecution } from '../store/erase.ts'
import { Realms } from '../store/realms.ts'
import { type Command, readCall, UsageError } from './command.ts'
import { withDatabase } from './database.ts'

/** Erases an execution as DELETE does, on the database itself: for who runs the service and has no token. */
export const erase: Command = {
  usage: 'EXECUTION --workspace W [--workflow P] [--yes]',
  summary: 'Erases an execution for good and refuses its late spans; prints the receipt.',
  async run(args) {
    const { values, positionals } = readCall(args, {
      workspace: { type: 'string' },
      workflow: { type: 'string' },
      yes: { type: 'boolean', default: false },
    })
    const [execution, ...more] = positionals
    if (execution === undefined || execution === '' || more.length > 0)
      throw new UsageError('name one execution')
    const { workspace, workflow } = values
    if (workspace === undefined || workspace === '') throw new UsageError('--workspace is needed')
    const config = loadConfig({ keysNeeded: false })
    if (!values.yes && !(await confirmed(execution, workspace))) throw new UsageError('nothing was erased')
    const receipt = await withDatabase(config, (database) =>
      erased(database, { execution, workspace, workflow: workflow ?? null }),
    )
    if (receipt === null) throw new UsageError('there is no such execution; nothing was erased')
    process.stdout.write(`${JSON.stringify(shown(receipt))}\n`)
  },
}

async function erased(
  database: Database,
  { execution, workspace, workflow }: { execution: string; workspace: string; workflow: string | null },
): Promise<EraseReceipt | null> {
  const realms = await new Realms(database.kysely).ofWorkspace(workspace)
  const eraser = { workspace, subject: 'workflow-trace erase', workflows: ['*'] }
  return eraseExecution(database, realms, eraser, execution, workflow)
}

/** Asks at a terminal; elsewhere nobody can answer, and --yes is the answer. */
async function confirmed(execution: string, workspace: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('--yes is needed where nobody can be asked')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const name = `${JSON.stringify(execution)} of workspace ${JSON.stringify(workspace)}`
    return (await terminal.question(`Erase ${name} for good? Type yes: `)).trim() === 'yes'
  } finally {
    terminal.close()
  }
}

/** The receipt as the API gives it. */
const shown = (receipt: EraseReceipt) => ({
  receipt_id: receipt.receiptId,
  execution_id: receipt.executionId,
  erased_at: receipt.erasedAt.toISOString(),
  executions: receipt.executions,
  spans: receipt.spans,
  artifacts: receipt.artifacts,
  traces: receipt.traces,
})
