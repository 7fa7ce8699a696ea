import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Exporting from Python: the SDK and both of its exporters. */
export const OTEL_PYTHON = [
  'opentelemetry-sdk==1.45.2',
  'opentelemetry-exporter-otlp-proto-http==1.45.2',
  'opentelemetry-exporter-otlp-proto-grpc==1.45.2',
]

/** Installing takes this long at the most: milliseconds. */
const INSTALL_MS = 240_000

/** A Python that has the wanted packages. */
export interface Python {
  /** Starts it with arguments; the environment is `env` and what finds the packages. */
  start(args: readonly string[], env?: Record<string, string>): ChildProcess
  /** Runs it to its end and gives what it wrote to stdout; rejects with stderr when it fails. */
  run(args: readonly string[], env?: Record<string, string>): Promise<string>
}

const cache = fileURLToPath(new URL('../../node_modules/.cache/python/', import.meta.url))

/**
 * Python with `packages` (pinned), installed once into a folder of their own; or null where the machine has no
 * Python ≥ 3.10, no pip or no package index: then the caller ends its test with one loud line that says why.
 */
export async function pythonWith(packages: readonly string[]): Promise<Python | null> {
  const program = process.env.PYTHON ?? 'python3'
  const asked = spawnSync(program, ['-c', 'import sys; print(sys.version_info >= (3, 10), sys.version)'], {
    encoding: 'utf8',
  })
  if (asked.status !== 0) return absent('there is no python3')
  if (!asked.stdout.startsWith('True')) return absent(`Python is older than 3.10: ${asked.stdout.trim()}`)
  const folder = join(
    cache,
    createHash('sha256')
      .update(asked.stdout + packages.join(' '))
      .digest('hex')
      .slice(0, 16),
  )
  if (!existsSync(folder)) {
    const failure = install(program, packages, folder)
    if (failure !== null) return absent(failure)
  }
  const start: Python['start'] = (args, env = {}) =>
    spawn(program, [...args], {
      env: {
        PATH: process.env.PATH,
        PYTHONPATH: folder,
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONUNBUFFERED: '1',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  return {
    start,
    async run(args, env) {
      const child = start(args, env)
      let out = ''
      let said = ''
      child.stdout?.setEncoding('utf8').on('data', (text) => {
        out += text
      })
      child.stderr?.setEncoding('utf8').on('data', (text) => {
        said += text
      })
      const [code] = await once(child, 'close')
      if (code !== 0) throw new Error(`Python ended with ${code}: ${said.slice(-4_000)}`)
      return out
    },
  }
}

/** Into a folder beside, then renamed: whoever comes second finds the whole or installs it again. */
function install(program: string, packages: readonly string[], folder: string): string | null {
  mkdirSync(cache, { recursive: true })
  const made = mkdtempSync(join(cache, 'installing-'))
  const args = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check']
  const pip = spawnSync(program, [...args, '--target', made, ...packages], {
    encoding: 'utf8',
    timeout: INSTALL_MS,
  })
  if (pip.status !== 0) {
    rmSync(made, { recursive: true, force: true })
    const last = pip.stderr?.trim().split('\n').at(-1) ?? ''
    return `pip cannot install ${packages[0]} and others: ${last || pip.error?.message}`
  }
  try {
    renameSync(made, folder)
  } catch (error) {
    // another test was faster
    rmSync(made, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return null
}

function absent(why: string): null {
  console.error(`### NO PYTHON EMITTERS: ${why}; the tests that export from Python do not run here ###`)
  return null
}
