// Differential and mutation fuzzing of the decoder, in rounds with a new seed each: `npm run fuzz [-- cases]`.
// The properties are those of test/otlp/differential.test.ts, of which CI runs a bounded part. A failure prints
// its seed, and is run again by FUZZ_SEED=<seed> FUZZ_RUNS=<runs> npx tap test/otlp/differential.test.ts.
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** A run is one generated and two mutated requests. */
const CASES_PER_RUN = 3
const RUNS_PER_ROUND = 20_000

const [argument = '1000000'] = process.argv.slice(2)
const cases = Number(argument.replaceAll('_', ''))
if (!Number.isSafeInteger(cases) || cases < 1) {
  process.stderr.write('fuzz: name a number of cases\n')
  process.exit(1)
}

const began = Date.now()
for (let done = 0; done < cases; ) {
  const runs = Math.ceil(Math.min(RUNS_PER_ROUND, (cases - done) / CASES_PER_RUN))
  const seed = randomInt(2 ** 31)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import=tsx', 'test/otlp/differential.test.ts'],
    {
      cwd: root,
      env: { ...process.env, FUZZ_RUNS: String(runs), FUZZ_SEED: String(seed), TAP_TIMEOUT: '0' },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  )
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}\nfuzz: failed with FUZZ_SEED=${seed} FUZZ_RUNS=${runs}\n`)
    process.exit(1)
  }
  done += runs * CASES_PER_RUN
  const seconds = Math.round((Date.now() - began) / 1000)
  process.stdout.write(`fuzz: ${done} of ${cases} cases, ${seconds} s, seed ${seed}\n`)
}
