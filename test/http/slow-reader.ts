import { connect, type Socket } from 'node:net'
import { bearer } from './service.ts'

/** A client that asks for a stream and takes from its socket only what a test wants. */
export interface SlowReader {
  /** Everything that was taken so far, as text. */
  read(): string
  /** From now on everything is taken as it comes. */
  resume(): void
  cut(): void
}

/** Opens `url` on a socket of its own. Resolves with the head of the answer read, and from there on reads nothing. */
export async function openUnread(url: string, claims: object = {}): Promise<SlowReader> {
  const { hostname, port, pathname, search, host } = new URL(url)
  const { authorization } = bearer({ scope: 'traces:read', ...claims })
  const socket: Socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.write(
    `GET ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\nauthorization: ${authorization}\r\n\r\n`,
  )
  let text = ''
  const take = (bytes: Buffer) => {
    text += bytes.toString('utf8')
  }
  await new Promise<void>((resolve) => {
    socket.once('data', (bytes) => {
      socket.pause()
      take(bytes)
      resolve()
    })
  })
  return {
    read: () => text,
    resume() {
      socket.on('data', take)
      socket.resume()
    },
    cut: () => socket.destroy(),
  }
}
