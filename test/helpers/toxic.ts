import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** Where a proxy leads: a TCP port of this machine, or the path of a unix socket. */
export type Target = { port: number } | { path: string }

/** What a watcher decides about bytes on their way: let them through, lose them, or reset both ends instead. */
type Verdict = 'pass' | 'lose' | 'reset'
export type Watcher = (bytes: Buffer, direction: 'up' | 'down', link: Link) => Verdict

/** Both ends of one connection. */
export interface Link {
  client: Socket
  server: Socket
  /** True for ever once the network was silent while it was open: what was sent then is gone. */
  dead: boolean
}

interface Test {
  teardown(clean: () => Promise<unknown>): void
}

/**
 * A bad network between two processes. Every fault is a property that may be changed at any time and holds for what
 * comes after: latency, bandwidth, silence (half open: accepted, never answered), resets, refusal.
 */
export class Toxic {
  /** Milliseconds that bytes take longer, each way. */
  latencyMs = 0
  /** Bytes per second and direction of each connection. */
  bytesPerSecond = Number.POSITIVE_INFINITY
  /** Sees every chunk. */
  watcher: Watcher | null = null
  readonly port: number
  readonly links = new Set<Link>()
  readonly #target: Target
  #server: Server | null
  #silent = false

  private constructor(server: Server, target: Target) {
    this.#server = server
    this.#target = target
    this.port = (server.address() as { port: number }).port
    this.#take(server)
  }

  static async start(t: Test, target: Target): Promise<Toxic> {
    const server = createServer({ allowHalfOpen: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const toxic = new Toxic(server, target)
    t.teardown(async () => {
      await toxic.refuse()
      toxic.reset()
    })
    return toxic
  }

  /** No new connection is accepted from now on. */
  async refuse(): Promise<void> {
    const server = this.#server
    this.#server = null
    // a server's `close` waits for its connections; that it listens no more is true at once
    server?.close()
  }

  /** Nothing passes, and nothing ends: what a lost route looks like from both sides. New connections are accepted. */
  silence(): void {
    this.#silent = true
    for (const link of this.links) link.dead = true
  }

  /** Undoes every fault. Connections that were silent stay dead, and nobody is told. */
  async heal(): Promise<void> {
    this.latencyMs = 0
    this.bytesPerSecond = Number.POSITIVE_INFINITY
    this.watcher = null
    this.#silent = false
    if (this.#server !== null) return
    const server = createServer({ allowHalfOpen: true })
    this.#take(server)
    server.listen(this.port, '127.0.0.1')
    await once(server, 'listening')
    this.#server = server
  }

  /** Ends every connection with RST, in both directions. */
  reset(): void {
    for (const link of this.links) resetBoth(link)
  }

  #take(server: Server): void {
    server.on('connection', (client) => {
      const upstream = connect({ ...this.#target, allowHalfOpen: true })
      const link: Link = { client, server: upstream, dead: this.#silent }
      this.links.add(link)
      for (const socket of [client, upstream]) {
        socket.setNoDelay(true)
        socket.on('error', () => resetBoth(link))
        socket.on('close', () => {
          if (client.destroyed && upstream.destroyed) this.links.delete(link)
        })
      }
      void this.#carry(link, 'up')
      void this.#carry(link, 'down')
    })
  }

  async #carry(link: Link, direction: 'up' | 'down'): Promise<void> {
    const [from, to] = direction === 'up' ? [link.client, link.server] : [link.server, link.client]
    try {
      for await (const bytes of from as AsyncIterable<Buffer>) {
        if (link.dead) continue
        const verdict = this.watcher?.(bytes, direction, link) ?? 'pass'
        if (verdict === 'reset') return resetBoth(link)
        if (verdict === 'lose') continue
        if (this.latencyMs > 0) await wait(this.latencyMs)
        await this.#write(to, bytes)
      }
      // Through silence not even an end is heard.
      if (!link.dead) to.end()
    } catch {
      resetBoth(link)
    }
  }

  async #write(to: Socket, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const slow = Number.isFinite(this.bytesPerSecond)
      const part = slow ? bytes.subarray(at, at + Math.ceil(this.bytesPerSecond / 20)) : bytes.subarray(at)
      at += part.length
      if (!to.write(part)) await Promise.race([once(to, 'drain'), once(to, 'close')])
      if (slow) await wait(50)
    }
  }
}

function resetBoth({ client, server }: Link): void {
  // A unix socket has no RST.
  // Nor has a socket whose end is on its way: Node would keep its handle, and this process would never exit.
  if (client.writableEnded) client.destroy()
  else if (!client.destroyed) client.resetAndDestroy()
  server.destroy()
}

/** The target of a database's URL, and the same URL through a proxy's port. */
export function throughProxy(databaseUrl: string): { target: Target; urlAt(port: number): string } {
  const parts = /^(\w+):\/\/(?:([^@/]*)@)?([^/]*)\/([^?]*)\??(.*)$/.exec(databaseUrl)
  if (parts === null) throw new Error('not a URL of a database')
  const [, scheme, user, host = '', name, query = ''] = parts
  const socket = new URLSearchParams(query).get('host')
  const [, port] = /:(\d+)$/.exec(host) ?? []
  return {
    target: socket === null ? { port: Number(port ?? 5432) } : { path: `${socket}/.s.PGSQL.${port ?? 5432}` },
    urlAt: (at) => `${scheme}://${user === undefined ? '' : `${user}@`}127.0.0.1:${at}/${name}`,
  }
}
