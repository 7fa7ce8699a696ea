/** A thread that makes rows, as the service's own, with no rule to look for. */
import { parentPort } from 'node:worker_threads'
import { serveRows } from '../dist/ingest/serve-rows.js'
import { withoutRules } from './without-rules.mjs'

serveRows(parentPort, withoutRules())
