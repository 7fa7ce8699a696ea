// Fuzzing in rounds with a new seed each: `npm run fuzz [-- cases]`. Protobuf bodies (differential and mutated) and JSON
// bodies get so many cases each, gRPC frames, which go over a socket, one for two hundred of them. CI runs a bounded
// part of each. A failure prints its seed, and is run again by FUZZ_SEED=<seed> FUZZ_RUNS=<runs> npx tap <file>.
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const RUNS_PER_ROUND = 20_000
/** What is fuzzed: cases of one run of the file's properties, and the share of all cases that it gets. */
const kinds = [
  { name: 'protobuf', file: 'test/otlp/differential.test.ts', casesPerRun: 3, share: 1 },
  { name: 'JSON', file: 'test/otlp/fuzz-json.test.ts', casesPerRun: 2, share: 1 },
  { name: 'gRPC frames', file: 'test/http/grpc-frames.test.ts', casesPerRun: 1, share: 1 / 200 },
]

const [argument = '1000000'] = process.argv.slice(2)
const cases = Number(argument.replaceAll('_', ''))
if (!Number.isSafeInteger(cases) || cases < 1) {
  process.stderr.write('fuzz: name a number of cases\n')
  process.exit(1)
}

for (const { name, file, casesPerRun, share } of kinds) {
  const wanted = Math.ceil(cases * share)
  const began = Date.now()
  for (let done = 0; done < wanted; ) {
    const runs = Math.ceil(Math.min(RUNS_PER_ROUND, (wanted - done) / casesPerRun))
    const seed = randomInt(2 ** 31)
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', file], {
      cwd: root,
      env: { ...process.env, FUZZ_RUNS: String(runs), FUZZ_SEED: String(seed), TAP_TIMEOUT: '0' },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
    if (status !== 0) {
      process.stderr.write(
        `${stdout}${stderr}\nfuzz: ${file} failed with FUZZ_SEED=${seed} FUZZ_RUNS=${runs}\n`,
      )
      process.exit(1)
    }
    done += runs * casesPerRun
    const seconds = Math.round((Date.now() - began) / 1000)
    process.stdout.write(`fuzz: ${name}: ${done} of ${wanted} cases, ${seconds} s, seed ${seed}\n`)
  }
}
