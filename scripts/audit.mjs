// Known vulnerabilities of what the lock file names, as the registry tells them. A registry that does not answer the
// question is said loudly, and is no failure: the lock file itself is held by test/ship/supply-chain.test.ts.
import { spawnSync } from 'node:child_process'

const { stdout, stderr, status } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  shell: process.platform === 'win32',
})
const report = parsed(stdout)
const counts = report?.metadata?.vulnerabilities
if (counts === undefined) {
  const why = /\b(\d{3} [A-Z][^\n-]*)/.exec(stderr)?.[1] ?? report?.message ?? `npm ended with ${status}`
  console.error('\n############################################################')
  console.error('### npm audit DID NOT RUN: the registry refused it')
  console.error(`### ${String(why).trim()}`)
  console.error('### Run it where the registry answers, before a release.')
  console.error('############################################################\n')
} else {
  console.log(`npm audit: ${counts.total} known vulnerabilities (${JSON.stringify(counts)})`)
  for (const [name, { severity, range }] of Object.entries(report.vulnerabilities ?? {})) {
    console.log(`  ${severity}: ${name} ${range}`)
  }
  if (counts.total > 0) process.exitCode = 1
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
