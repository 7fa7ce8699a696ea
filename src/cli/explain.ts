import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { normalizePatterns } from '../access/policy.ts'
import { loadConfig } from '../config.ts'
import { explainRequest } from '../ingest/explain.ts'
import { decodeTraceRequest, inflate } from '../otlp/index.ts'
import { createRedactors } from '../redactors.ts'
import { type Command, readOptions, UsageError } from './command.ts'

/** The dry run of an export request: nothing is written, no database is asked. */
export const explain: Command = {
  usage: "<file|-> [--workflows 'a,b*']",
  summary: 'Says how an OTLP trace request (protobuf or JSON, also gzipped) would be understood and stored.',
  async run(args) {
    const [file, ...rest] = args
    if (file === undefined || (file !== '-' && file.startsWith('-')))
      throw new UsageError('name a file, or -')
    const given = readOptions(rest, { workflows: { type: 'string', default: '*' } })
    const config = loadConfig({ keysNeeded: false })
    // Ids that hold secrets are replaced by a key of the workspace: here any will do, for none is shown.
    const redactorOf = createRedactors(config.redaction, { key: async () => randomBytes(32) })
    const sent = file === '-' ? await buffer(process.stdin) : await readFile(file)
    const gzipped = sent[0] === 0x1f && sent[1] === 0x8b
    const body = await inflate(sent, gzipped ? 'gzip' : '', config.maxBodyBytes)
    const request = decodeTraceRequest(body, looksLikeJson(body) ? 'json' : 'protobuf')
    const workflows = normalizePatterns(given.workflows.split(','))
    const report = explainRequest(request, workflows, await redactorOf('default'))
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  },
}

/** A protobuf request begins with the tag 0x0a, a line feed; JSON with its brace after blanks. */
function looksLikeJson(body: Buffer): boolean {
  return (
    /^[ \t\r\n]*\{/.test(body.subarray(0, 64).toString('latin1')) && !(body[0] === 0x0a && body[1] !== 0x7b)
  )
}
