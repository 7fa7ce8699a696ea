import type { Page } from 'playwright-core'
import t from 'tap'
import { launchBrowser } from '../helpers/browser.ts'
import { realService } from '../http/real-service.ts'
import { token } from '../http/service.ts'
import { formatExamples } from '../redact/examples/formats.ts'
import { secretExamples } from '../redact/examples/secrets.ts'
import { treeRows } from './journey.ts'

/** What a page must show as text, or not at all (reliability.md calls it C16); `pwned` is what a success would set. */
const hostile = [
  '<img src=x onerror="globalThis.pwned=1">',
  '<script>globalThis.pwned=1</script>',
  '"><svg onload=globalThis.pwned=1>',
  '</textarea><iframe srcdoc="<script>parent.pwned=1</script>">',
  '[a](javascript:globalThis.pwned=1)',
  '<a href="javascript:globalThis.pwned=1">a</a>',
  '![x](https://evil.invalid/pixel.png)',
  '<style>*{background:url(https://evil.invalid/css)}</style>',
  '\u001b[31mred\u001b[0m \u202egnp.exe\u202c \u200b',
  '{{constructor.constructor("globalThis.pwned=1")()}} `globalThis.pwned=1`',
  '<math><mtext></table><img src=x onerror=globalThis.pwned=1>',
  'data:text/html,<script>globalThis.pwned=1</script>',
]
const secrets = Object.values({ ...secretExamples, ...formatExamples }).flatMap(({ true: positives }) =>
  positives.slice(0, 1),
)
/** Masked for a reader; the only thing that a reveal shows more. */
const PERSONAL = 'maria.lopez@example.com'

const text = (value: string) => ({ stringValue: value })
const attribute = (key: string, value: string) => ({ key, value: text(value) })
const ids = [attribute('workflow.execution.id', 'hostile-run'), attribute('workflow.id', 'hostile')]
const messages = (role: string, contents: string[]) =>
  JSON.stringify(contents.map((content) => ({ role, parts: [{ type: 'text', content }] })))

/** One model call for each hostile text, which stands in every position of it, and each with its share of secrets. */
function resourceSpans(): object[] {
  const now = Date.now()
  return hostile.map((evil, i) => {
    const own = secrets.filter((_, n) => n % hostile.length === i).map(({ text: secret }) => secret)
    const said = [evil, PERSONAL, ...own].join('\n\n')
    const start = BigInt(now - 60_000 + i * 100) * 1_000_000n
    return {
      resource: {
        attributes: [attribute('service.name', evil), ...own.map((one, n) => attribute(`r${n}`, one))],
      },
      scopeSpans: [
        {
          scope: { name: evil, version: evil, attributes: [attribute('scope', said)] },
          spans: [
            {
              traceId: 'd'.repeat(32),
              spanId: (i + 1).toString(16).padStart(16, '0'),
              ...(i === 0 ? {} : { parentSpanId: '1'.padStart(16, '0') }),
              name: evil,
              startTimeUnixNano: String(start),
              endTimeUnixNano: String(start + 50_000_000n),
              traceState: `k=${own[0] ?? ''}`,
              status: { code: i % 2 === 0 ? 1 : 2, message: said },
              attributes: [
                ...ids,
                attribute('gen_ai.operation.name', 'chat'),
                attribute('gen_ai.request.model', evil),
                attribute('workflow.node.id', `node-${i}`),
                attribute('workflow.node.name', evil),
                attribute('gen_ai.tool.name', evil),
                attribute('gen_ai.input.messages', messages('user', [evil, PERSONAL, ...own])),
                attribute(
                  'gen_ai.output.messages',
                  messages('assistant', [evil, `# ${evil}\n\n\`\`\`html\n${evil}\n\`\`\``]),
                ),
                attribute(evil, evil),
                attribute('url.full', evil),
                attribute('json', JSON.stringify({ [evil]: [evil, ...own] })),
                { key: 'gen_ai.usage.input_tokens', value: { intValue: '10' } },
              ],
              events: [
                { name: evil, timeUnixNano: String(start), attributes: [attribute(evil, said)] },
                {
                  name: 'exception',
                  timeUnixNano: String(start),
                  attributes: [attribute('exception.type', evil), attribute('exception.stacktrace', said)],
                },
              ],
              links: [
                { traceId: 'e'.repeat(32), spanId: 'f'.repeat(16), attributes: [attribute('l', said)] },
              ],
            },
          ],
        },
      ],
    }
  })
}

/** Everything that the page holds: text, attributes and values, inside shadow roots too. */
const domOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const parts: string[] = []
    const roots: ParentNode[] = [document]
    for (let root = roots.pop(); root !== undefined; root = roots.pop()) {
      for (const node of root.querySelectorAll('*')) {
        for (const { name, value } of node.attributes) parts.push(`${name}=${value}`)
        if ('value' in node && typeof node.value === 'string') parts.push(node.value)
        for (const child of node.childNodes) if (child.nodeType === 3) parts.push(child.textContent ?? '')
        if (node.shadowRoot) roots.push(node.shadowRoot)
      }
    }
    return parts.join('\n')
  })

const browser = await launchBrowser()
t.test(
  'what spans say stays text in every view',
  { skip: browser ? false : 'no browser here' },
  async (t) => {
    if (!browser) return
    t.teardown(() => browser.close())
    const { app } = await realService(t)
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const scope = 'traces:write artifacts:write artifacts:read traces:read content:read content:reveal'
    const bearer = { authorization: `Bearer ${token({ scope })}` }
    const sent = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: resourceSpans() }),
    })
    t.match(await sent.text(), '{}')
    const put = await fetch(`${url}/api/executions/hostile-run/artifacts/a1`, {
      method: 'PUT',
      headers: {
        ...bearer,
        'content-type': 'text/html',
        'x-span-id': '1'.padStart(16, '0'),
        'x-artifact-name': encodeURIComponent(`${hostile[0]}.html`),
      },
      body: `${hostile[1]} ${secrets[0]?.text}`,
    })
    t.equal(put.status, 201)

    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } })
    page.setDefaultTimeout(30_000)
    const reports: string[] = []
    const elsewhere: string[] = []
    const seen: string[] = []
    page.on('console', (line) => {
      if (/Content Security Policy|Trusted|Refused/i.test(line.text())) reports.push(line.text())
    })
    page.on('pageerror', (error) => reports.push(error.message))
    page.on('dialog', (dialog) => {
      reports.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) elsewhere.push(request.url())
    })
    page.on('response', async (response) => {
      if (response.url().includes('/api/')) seen.push(await response.text().catch(() => ''))
    })
    await page.addInitScript(() => {
      const broken: string[] = []
      Object.assign(globalThis, { broken })
      addEventListener('securitypolicyviolation', (event) =>
        broken.push(`${event.violatedDirective} ${event.blockedURI}`),
      )
    })
    const path = `${url}/workflows/hostile/executions/hostile-run/trace`
    const doms: string[] = []
    const look = async () => doms.push(await domOf(page))

    await page.goto(`${path}#token=${token({ scope })}`)
    await treeRows(page).first().waitFor()
    const count = await treeRows(page).count()
    t.equal(count, hostile.length, 'every span has its row')
    for (let row = 0; row < count; row++) {
      await treeRows(page).nth(row).click()
      await page.locator('.conversation').first().waitFor()
      await look()
      if (row > 1) continue
      for (const name of [/^Attributes/, /^Events/, /^Links/, /^Raw/]) {
        await page.locator('.span-pane').getByRole('tab', { name }).click()
        await page.locator('#span-panel').waitFor()
        await look()
      }
      await page.locator('.span-pane').getByRole('tab').first().click()
    }
    for (const view of ['graph', 'metrics', 'log']) {
      await page.goto(`${path}?view=${view}`)
      await page.locator('trace-tab').waitFor()
      await page.waitForLoadState('networkidle')
      await look()
    }
    await page.goto(`${url}/`)
    await page.waitForLoadState('networkidle')
    await look()
    const masked = doms.join('\n')
    t.ok(masked.includes(hostile[0] as string), 'it is there, as text')
    t.match(masked, /\[redacted:email\]/)
    t.notOk(masked.includes(PERSONAL), 'personal data is masked')

    await page.goto(path)
    await treeRows(page).first().click()
    await page.getByRole('button', { name: 'Show masked values' }).click()
    await page.getByLabel('Why do you need to see it?').fill('a test')
    await page.getByRole('button', { name: 'Show and record' }).click()
    await page.locator('.revealed').waitFor()
    const revealed = await domOf(page)
    t.ok(revealed.includes(PERSONAL), 'a reveal shows personal data')

    const everything = [masked, revealed, ...seen].join('\n')
    for (const { text: secret, secret: core } of secrets) {
      const end = core.slice(Math.floor(core.length / 3))
      if (end.length > 5 && !/\s/.test(end))
        t.notOk(everything.includes(end), `${secret.slice(0, 16)}… is nowhere`)
    }
    const state = await page.evaluate(() => {
      const own = globalThis as unknown as { pwned?: unknown; broken: string[] }
      const root = document.querySelector('trace-tab')?.shadowRoot
      const links = [...(root?.querySelectorAll('a[href]') ?? [])].map(
        (link) => (link as HTMLAnchorElement).href,
      )
      const active = root?.querySelectorAll(
        'script, iframe, object, embed, base, form[action], img[src^="http"]',
      ).length
      return {
        pwned: own.pwned,
        broken: own.broken,
        odd: links.filter((href) => !/^https?:/.test(href)),
        active,
      }
    })
    t.strictSame(state, { broken: [], odd: [], active: 0, pwned: undefined } as never)
    t.strictSame(reports, [], 'no report of the policy, no error, no dialog')
    t.strictSame(elsewhere, [], 'nothing was asked of another place')
  },
)
