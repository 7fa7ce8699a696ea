import t from 'tap'
import { startSampleService } from './sample-service.ts'

t.test('the page is one document below any base path, under a strict policy', async (t) => {
  for (const basePath of ['', '/deep/traces']) {
    const service = await startSampleService({ basePath })
    t.teardown(() => service.close())
    for (const path of ['/', '/workflows/w%2F1/executions/e/trace']) {
      const answer = await fetch(service.url + path)
      const html = await answer.text()
      t.equal(answer.status, 200)
      t.match(html, `<trace-tab route="own" base-url="${basePath}">`)
      t.equal(answer.headers.get('cache-control'), 'no-store')
      const policy = answer.headers.get('content-security-policy') ?? ''
      for (const part of [
        "default-src 'none'",
        "require-trusted-types-for 'script'",
        "frame-ancestors 'none'",
      ]) {
        t.match(policy, part)
      }
      t.notMatch(policy, 'unsafe')
      t.notMatch(html, /<script(?![^>]*\bsrc=)|\sstyle=|<style/, 'nothing inline')
      const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '')
      t.ok(files.length >= 2)
      for (const file of files) {
        t.ok(file.startsWith(`${basePath}/assets/`))
        const asset = await fetch(new URL(file, service.url))
        t.equal(asset.status, 200)
        t.match(asset.headers.get('cache-control'), 'immutable')
        if (/\.(js|css)$/.test(file)) t.match(asset.headers.get('content-encoding'), /^(br|gzip)$/, file)
        await asset.body?.cancel()
      }
    }
    const library = await fetch(`${service.url}/assets/trace-tab.js`)
    t.equal(library.status, 200)
    t.equal(library.headers.get('cache-control'), 'no-cache', 'its name stays, so it is asked for again')
    for (const [encoding, sent] of [
      ['br', 'br'],
      ['gzip', 'gzip'],
      ['identity', null],
    ] as const) {
      const nodes = await fetch(`${service.url}/assets/nodes.js`, {
        headers: { 'accept-encoding': encoding },
      })
      t.equal(nodes.status, 200)
      t.equal(nodes.headers.get('content-encoding'), sent)
      t.match(nodes.headers.get('content-type'), 'javascript')
      t.match(nodes.headers.get('vary'), /accept-encoding/i)
      t.equal(nodes.headers.get('cache-control'), 'no-cache')
      t.match(await nodes.text(), 'nodeStates')
    }
    for (const file of [
      'nodes.js.gz',
      'standalone/index.html',
      'public.d.ts',
      '../../../package.json',
      '..%2f..%2fpackage.json',
    ]) {
      t.not((await fetch(`${service.url}/assets/${file}`)).status, 200, `${file} is not served`)
    }
  }
})
