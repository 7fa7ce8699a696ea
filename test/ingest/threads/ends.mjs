// A thread that ends as soon as it is given something.
import { parentPort } from 'node:worker_threads'

parentPort.on('message', () => process.exit(1))
parentPort.postMessage({ ready: true })
