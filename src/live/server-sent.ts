/** One server-sent event. `data` is JSON, so it has no line ends of its own. */
export function eventText(event: string, data: unknown, id?: string): string {
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}

/** A comment: proxies see that the connection lives, clients see nothing. */
export const HEARTBEAT = ': still here\n\n'

/** The first line: how long a client waits before it connects again, in milliseconds. */
export const retryText = (ms: number) => `retry: ${ms}\n\n`
