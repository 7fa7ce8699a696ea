import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where distributions put it; `CHROMIUM` names another. */
const places = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/**
 * Starts a headless Chromium, or gives null where the machine has none: then the caller ends its test with one
 * loud line. In CI (`CI=true`) a missing browser is a failure.
 */
export async function launchBrowser(): Promise<Browser | null> {
  const executablePath = places.find((path) => path !== undefined && existsSync(path))
  if (executablePath === undefined) {
    if (process.env.CI === 'true') throw new Error('CI has no Chromium: install the package "chromium"')
    console.error('### NO CHROMIUM: the browser tests of the Trace tab do not run on this machine ###')
    return null
  }
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
