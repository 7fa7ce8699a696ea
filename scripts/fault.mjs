// The long run of the faults: as often, and for as long, as docs/promises.md says. Not part of `npm test`.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const files = readdirSync(join(root, 'test/fault'))
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join('test/fault', name))
const run = spawnSync(
  process.execPath,
  ['scripts/test.mjs', ...files, 'test/process/replay-outage.test.ts'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, TEST_FAULT: 'full' } },
)
process.exit(run.status ?? 1)
