// A thread that never comes back from what it is given.
import { parentPort } from 'node:worker_threads'

parentPort.on('message', () => {
  for (;;);
})
parentPort.postMessage({ ready: true })
