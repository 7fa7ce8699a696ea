// Makes the images of the README from the demo: npm run screens -- --readme
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DemoResult } from '../src/demo/demo.ts'
import { launchBrowser } from '../test/helpers/browser.ts'

type Browser = NonNullable<Awaited<ReturnType<typeof launchBrowser>>>

const root = fileURLToPath(new URL('..', import.meta.url))

/** Milliseconds for what is on its way, animations and the last font metrics. */
const SETTLE_MS = 600

/** An execution and the model call whose messages are worth looking at. */
interface Subject {
  path: string
  span: string
}

/** Starts the demo on free ports, takes the pictures into `folder` and stops it. */
export async function readmeImages(folder: string): Promise<void> {
  const browser = await launchBrowser()
  if (!browser) throw new Error('A Chromium is needed: set CHROMIUM to where it is')
  const data = mkdtempSync(join(tmpdir(), 'workflow-trace-images-'))
  const demo = spawn(process.execPath, [join(root, 'dist/demo/main.js'), '--json'], {
    cwd: root,
    env: { ...process.env, PORT: '0', TRACE_ADMIN_PORT: '0', TRACE_GRPC_PORT: '', TRACE_DATA_DIR: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(demo, 'exit')
  try {
    const result = await firstLine(demo.stdout, ended)
    mkdirSync(folder, { recursive: true })
    await takeAll(browser, result, await choose(result), folder)
  } finally {
    await browser.close()
    demo.kill('SIGINT')
    await ended
    rmSync(data, { recursive: true, force: true })
  }
}

/** What the demo says once its executions are there. */
async function firstLine(output: NodeJS.ReadableStream, ended: Promise<unknown>): Promise<DemoResult> {
  let text = ''
  const line = (async () => {
    for await (const chunk of output) {
      text += String(chunk)
      if (text.includes('\n')) break
    }
    return JSON.parse(text) as DemoResult
  })()
  return Promise.race([line, ended.then(() => Promise.reject(new Error('the demo ended early')))])
}

/** The execution with the most model calls, and its second call: the first that answers a tool. */
async function choose(demo: DemoResult): Promise<Subject> {
  let best: { calls: number; subject: Subject } | null = null
  for (const { workflow_id, execution_id } of demo.executions) {
    const read = await fetch(`${demo.url}/api/executions/${execution_id}/trace?view=skeleton`, {
      headers: { authorization: `Bearer ${demo.token}` },
    })
    const { columns } = (await read.json()) as { columns: { span_id: string[]; kind: string[] } }
    const calls = columns.span_id.filter((_, index) => columns.kind[index] === 'llm')
    const span = calls[1] ?? calls[0]
    if (span === undefined || calls.length <= (best?.calls ?? 0)) continue
    const path = `/workflows/${workflow_id}/executions/${execution_id}/trace`
    best = { calls: calls.length, subject: { path, span } }
  }
  if (!best) throw new Error('the demo made no model call')
  return best.subject
}

async function takeAll(browser: Browser, demo: DemoResult, subject: Subject, folder: string): Promise<void> {
  const images = [
    { name: 'trace-light', scheme: 'light', query: `span=${subject.span}`, wait: '.message' },
    { name: 'trace-dark', scheme: 'dark', query: 'view=log', wait: '.log-messages' },
    { name: 'metrics', scheme: 'light', query: 'view=metrics', wait: '.bar-part' },
  ] as const
  for (const { name, scheme, query, wait } of images) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: scheme })
    await page.goto(`${demo.url}${subject.path}?${query}#token=${demo.token}`)
    await page.locator(wait).first().waitFor()
    const markdown = page.getByRole('button', { name: 'Markdown' }).first()
    if (await markdown.isVisible()) await markdown.click()
    await page.waitForTimeout(SETTLE_MS)
    await page.screenshot({ path: join(folder, `${name}.png`) })
    await page.close()
  }
}
