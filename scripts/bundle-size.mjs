// Checks the size of the built tab, gzipped: what a page loads at once, and everything.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const folder = new URL('../dist/tab/standalone/', import.meta.url)
/** Bytes after gzip, 1 kB = 1,000 (shared with the specification). */
const budgets = { entry: 50_000, everything: 110_000 }

const assets = readdirSync(new URL('assets/', folder)).filter((name) => /\.(js|css)$/.test(name))
const html = readFileSync(new URL('index.html', folder), 'utf8')
const sizes = assets.map((name) => ({
  name,
  bytes: gzipSync(readFileSync(new URL(`assets/${name}`, folder))).length,
  entry: html.includes(name),
}))
const sum = (list) => list.reduce((total, file) => total + file.bytes, 0)
const measured = { entry: sum(sizes.filter((file) => file.entry)), everything: sum(sizes) }

let failed = false
for (const [name, most] of Object.entries(budgets)) {
  const over = measured[name] > most
  failed ||= over
  console.log(`${over ? 'TOO BIG' : 'ok'}  ${name}: ${measured[name]} of ${most} bytes (gzip)`)
}
for (const file of sizes) console.log(`    ${file.name}: ${file.bytes}`)
process.exitCode = failed ? 1 : 0
