// Connections may take for ever. FAULT_HASTE=10 lets the service's own limits pass ten times as fast instead.
import http from 'node:http'

const haste = Number(process.env.FAULT_HASTE ?? 0)
const { createServer } = http
http.createServer = (options, ...rest) => {
  const server = createServer(
    { ...options, ...(haste > 0 ? { connectionsCheckingInterval: 100 } : {}) },
    ...rest,
  )
  // after the service has set them
  server.once('listening', () => {
    server.headersTimeout = haste > 0 ? server.headersTimeout / haste : 0
    server.requestTimeout = haste > 0 ? server.requestTimeout / haste : 0
  })
  return server
}
