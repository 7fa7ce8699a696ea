import { fileURLToPath } from 'node:url'

// Files as they are, from the top of the repository: the page asks for dist/tab/.
export default {
  root: fileURLToPath(new URL('../..', import.meta.url)),
  publicDir: false,
  server: { port: 5173, strictPort: true },
  optimizeDeps: { noDiscovery: true },
}
