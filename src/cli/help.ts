import type { Command } from './command.ts'

/** The text of `workflow-trace COMMAND --help`. */
export const helpOf = (name: string, { usage, summary }: Command): string =>
  `Usage: workflow-trace ${`${name} ${usage}`.trimEnd()}\n      ${summary}\n`

/** The text of `workflow-trace help`. */
export function help(commands: ReadonlyMap<string, Command>): string {
  const lines = [...commands].map(([name, { usage, summary }]) => {
    return `  ${`${name} ${usage}`.trimEnd()}\n      ${summary}`
  })
  return ['Usage: workflow-trace <command>', '', ...lines, '  help\n      Shows this.', ''].join('\n')
}
