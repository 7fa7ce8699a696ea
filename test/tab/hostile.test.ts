import type { Page } from 'playwright-core'
import t from 'tap'
import { launchBrowser } from '../helpers/browser.ts'
import { domOf } from '../helpers/dom.ts'
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
const messages = (role: string, contents: string[]) =>
  JSON.stringify(contents.map((content) => ({ role, parts: [{ type: 'text', content }] })))

const ownSecrets = (i: number) =>
  secrets.filter((_, n) => n % hostile.length === i).map(({ text: secret }) => secret)
const spanId = (i: number) => (i + 1).toString(16).padStart(16, '0')
const runs = [
  { id: 'hostile-run', trace: 'd'.repeat(32) },
  { id: 'other-run', trace: 'c'.repeat(32) },
] as const

/** A log record at each span, with its share of secrets. */
const resourceLogs = () => [
  {
    scopeLogs: [
      {
        logRecords: hostile.map((evil, i) => ({
          traceId: runs[0].trace,
          spanId: spanId(i),
          timeUnixNano: String(BigInt(Date.now() - 50_000) * 1_000_000n),
          eventName: 'exception',
          severityText: evil,
          body: text([evil, ...ownSecrets(i)].join(' ')),
          attributes: [
            attribute('exception.type', 'LoggedError'),
            attribute('exception.message', [evil, ...ownSecrets(i)].join(' ')),
            ...ownSecrets(i).map((one, n) => attribute(`l${n}`, one)),
          ],
        })),
      },
    ],
  },
]

/** One model call for each hostile text, which stands in every position of it, and each with its share of secrets. */
function resourceSpans({ id, trace }: { id: string; trace: string }): object[] {
  const now = Date.now()
  const ids = [attribute('workflow.execution.id', id), attribute('workflow.id', 'hostile')]
  return hostile.map((evil, i) => {
    const own = ownSecrets(i)
    const name = [evil, ...own].join(' ')
    const said = [evil, PERSONAL, ...own].join('\n\n')
    const start = BigInt(now - 60_000 + i * 100) * 1_000_000n
    return {
      resource: {
        attributes: [attribute('service.name', evil), ...own.map((one, n) => attribute(`r${n}`, one))],
      },
      scopeSpans: [
        {
          scope: { name, version: name, attributes: [attribute('scope', said)] },
          spans: [
            {
              traceId: trace,
              spanId: spanId(i),
              ...(i === 0 ? {} : { parentSpanId: '1'.padStart(16, '0') }),
              name,
              startTimeUnixNano: String(start),
              endTimeUnixNano: String(start + 50_000_000n),
              traceState: `k=${own[0] ?? ''}`,
              status: { code: i % 2 === 0 ? 1 : 2, message: said },
              attributes: [
                ...ids,
                attribute('gen_ai.operation.name', 'chat'),
                attribute('gen_ai.request.model', evil),
                attribute('workflow.node.id', `node-${i}`),
                attribute('workflow.node.name', name),
                attribute('gen_ai.tool.name', name),
                attribute('gen_ai.input.messages', messages('user', [evil, PERSONAL, ...own])),
                attribute(
                  'gen_ai.output.messages',
                  messages('assistant', [said, `# ${evil}\n\n\`\`\`html\n${evil}\n\`\`\``]),
                ),
                attribute(evil, evil),
                ...own.map((one) => attribute(one, evil)),
                ...own.map((one, n) => attribute(`a${n}`, one)),
                attribute('url.full', evil),
                attribute('json', JSON.stringify({ [evil]: [evil, ...own] })),
                { key: 'gen_ai.usage.input_tokens', value: { intValue: '10' } },
              ],
              events: [
                { name, timeUnixNano: String(start), attributes: [attribute(evil, said)] },
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

/** Addresses of links that are no address of the web. */
function oddLinks(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const links = document.querySelector('trace-tab')?.shadowRoot?.querySelectorAll('a[href]') ?? []
    return [...links].map((link) => (link as HTMLAnchorElement).href).filter((href) => !/^https?:/.test(href))
  })
}

const longestWord = (said: string) =>
  said.split(/\s+/).reduce((longest, word) => (word.length > longest.length ? word : longest), '')

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
    const send = async (signal: string, body: object) => {
      const answer = await fetch(`${url}/v1/${signal}`, {
        method: 'POST',
        headers: { ...bearer, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      t.match(await answer.text(), '{}', signal)
    }
    for (const run of runs) await send('traces', { resourceSpans: resourceSpans(run) })
    await send('logs', { resourceLogs: resourceLogs() })
    const put = await fetch(`${url}/api/executions/${runs[0].id}/artifacts/a1`, {
      method: 'PUT',
      headers: {
        ...bearer,
        'content-type': 'text/html',
        'x-span-id': spanId(0),
        'x-artifact-name': encodeURIComponent(`${hostile[0]} ${secrets[0]?.text}.html`),
      },
      body: [hostile[1], ...secrets.map(({ text: secret }) => secret)].join('\n'),
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
    const odd: string[] = []
    const look = async () => {
      doms.push(await domOf(page))
      odd.push(...(await oddLinks(page)))
    }

    await page.goto(`${path}#token=${token({ scope })}`)
    await treeRows(page).first().waitFor()
    const count = await treeRows(page).count()
    t.equal(count, hostile.length, 'every span has its row')
    for (let row = 0; row < count; row++) {
      await treeRows(page).nth(row).click()
      await page.locator('.conversation').first().waitFor()
      await look()
      await page.getByRole('button', { name: 'Markdown' }).click()
      await page.locator('.conversation .markdown').first().waitFor()
      await look()
      await page.getByRole('button', { name: 'Plain' }).click()
      if (row > 1) continue
      for (const name of [/^Attributes/, /^Events/, /^Links/, /^Raw/]) {
        await page.locator('.span-pane').getByRole('tab', { name }).click()
        await page.locator('#span-panel').waitFor()
        await look()
      }
      await page.locator('.span-pane').getByRole('tab').first().click()
    }
    // each view by what only it shows, once its content is there
    const views = {
      'view=graph': '.node-card',
      'view=metrics': '.metrics table, .metrics svg',
      'view=log': '.log-turn .log-messages',
      [`view=compare&with=${runs[1].id}`]: '.compare-nodes',
    }
    for (const [query, own] of Object.entries(views)) {
      await page.goto(`${path}?${query}`)
      await page.locator(own).first().waitFor()
      await look()
    }
    await page.goto(`${path}?view=log`)
    await page.getByRole('button', { name: 'Markdown' }).click()
    await page.locator('.log-turn .markdown').first().waitFor()
    await look()
    await page.getByRole('button', { name: 'Everything' }).click()
    await page.locator('.log-line').first().waitFor()
    await look()
    await page.goto(`${path}?tab=execution`)
    await page.locator('.overview-body').waitFor()
    await look()
    await page.goto(`${url}/`)
    await page.locator('.workflow-card').first().waitFor()
    await look()
    const masked = doms.join('\n')
    t.ok(masked.includes(hostile[0] as string), 'it is there, as text')
    t.match(masked, /\[redacted:email\]/)
    t.notOk(masked.includes(PERSONAL), 'personal data is masked')

    await page.goto(path)
    await treeRows(page).first().click()
    await page.getByRole('button', { name: 'Show masked values' }).click()
    await page.getByLabel('Why do you need to see it?').fill('a test')
    await page.getByLabel('For every span of this execution').check()
    await page.getByRole('button', { name: 'Show and record' }).click()
    await page.locator('.revealed').waitFor()
    const shown = await domOf(page)
    t.ok(shown.includes(PERSONAL), 'a reveal shows personal data')
    await page.getByRole('tab', { name: 'Log', exact: true }).click()
    await page.locator('.log-turn .log-messages').first().waitFor()
    await page.getByText('The log stays masked.').first().waitFor()
    const revealed = `${shown}\n${await domOf(page)}`

    const everything = [masked, revealed, ...seen].join('\n')
    let looked = 0
    for (const { text: secret, secret: core } of secrets) {
      const end = longestWord(core.slice(Math.floor(core.length / 3)))
      if (end.length < 6 || (end.length < 12 && /\s/.test(core))) continue
      looked++
      t.notOk(everything.includes(end), `${secret.slice(0, 16)}… is nowhere`)
    }
    t.ok(looked >= 40, `${looked} secrets were looked for`)
    const state = await page.evaluate(() => {
      const own = globalThis as unknown as { pwned?: unknown; broken: string[] }
      const root = document.querySelector('trace-tab')?.shadowRoot
      const active = root?.querySelectorAll(
        'script, iframe, object, embed, base, form[action], img[src^="http"]',
      ).length
      return {
        pwned: own.pwned,
        broken: own.broken,
        active,
      }
    })
    t.strictSame(state, { broken: [], active: 0, pwned: undefined } as never)
    t.strictSame(odd, [], 'no link runs anything, in any view')
    t.strictSame(reports, [], 'no report of the policy, no error, no dialog')
    t.strictSame(elsewhere, [], 'nothing was asked of another place')
  },
)
