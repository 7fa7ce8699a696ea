import { fieldsOf, typeOf } from './docs-type.ts'
import { type Html, html, prose } from './html.ts'
import type { Answer, Media, OpenApi, Operation, Parameter } from './openapi.ts'

/** The document as a page to read: plain markup, every text escaped, addresses relative to it. */
export function docsPage(document: OpenApi): string {
  const { info, tags, components } = document
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} ${info.version}: API</title>
<link rel="stylesheet" href="docs.css">
</head>
<body>
<main>
<h1>${info.title} <small>${info.version}</small></h1>
${info.description.split('\n\n').map((text) => html`<p>${prose(text)}</p>\n`)}
<p>For programs: <a href="openapi.json">openapi.json</a></p>
<nav aria-label="Contents"><ul>
${tags.map(({ name, description }) => html`<li><a href="#tag-${name}">${name}</a>: ${description}</li>\n`)}<li><a href="#schemas">schemas</a></li>
</ul></nav>
${tags.map(
  ({ name, description }) => html`<section aria-labelledby="tag-${name}">
<h2 id="tag-${name}">${name}</h2>
<p>${description}</p>
${operationsOf(document, name)}</section>
`,
)}<section aria-labelledby="schemas">
<h2 id="schemas">schemas</h2>
${Object.entries(components.schemas).map(
  ([name, schema]) => html`<h3 id="schema-${name}">${name}</h3>
<p>${prose(schema.description ?? '')}</p>
${fieldsOf(schema)}
`,
)}</section>
</main>
</body>
</html>
`.text
}

function operationsOf({ paths }: OpenApi, tag: string): Html[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => operationOf(path, method, operation)),
  )
}

function operationOf(path: string, method: string, operation: Operation): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation
  return html`<article>
<h3 id="${operationId}"><code><span class="method">${method.toUpperCase()}</span> ${path}</code></h3>
<p><strong>${summary}</strong></p>
${description.split('\n\n').map((text) => html`<p>${prose(text)}</p>\n`)}
${parameters === undefined ? '' : parametersOf(parameters)}
${requestBody === undefined ? '' : html`<h4>Body</h4>\n<ul>${mediaOf(requestBody.content)}</ul>`}
<h4>Answers</h4>
<div class="scroll"><table><thead><tr><th>status</th><th>meaning</th><th>body</th><th>headers</th></tr></thead>
<tbody>${Object.entries(responses).map(([status, answer]) => answerOf(status, answer))}</tbody></table></div>
</article>
`
}

function parametersOf(parameters: readonly Parameter[]): Html {
  return html`<h4>Parameters</h4>
<div class="scroll"><table><thead><tr><th>name</th><th>in</th><th>type</th><th>meaning</th></tr></thead>
<tbody>${parameters.map(
    (
      parameter,
    ) => html`<tr><td><code>${parameter.name}${parameter.required ? '' : '?'}</code></td><td>${parameter.in}</td><td>${typeOf(parameter.schema)}</td><td>${prose(parameter.description)}</td></tr>
`,
  )}</tbody></table></div>`
}

function answerOf(status: string, { description, content, headers }: Answer): Html {
  return html`<tr><td>${status}</td><td>${prose(description)}</td><td><ul>${mediaOf(content ?? {})}</ul></td><td>${Object.keys(
    headers ?? {},
  ).map((name) => html`<code>${name}</code> `)}</td></tr>
`
}

function mediaOf(content: Record<string, Media>): Html[] {
  return Object.entries(content).map(([type, media]) => {
    const { schema } = media
    const events = Object.entries(media['x-events'] ?? {}).map(
      ([name, event]) => html`<li><code>${name}</code>: ${typeOf(event)}</li>`,
    )
    const line = media['x-line'] === undefined ? '' : html`, a line: ${typeOf(media['x-line'])}`
    const list = events.length === 0 ? '' : html`<ul>${events}</ul>`
    return html`<li><code>${type}</code>: ${typeOf(schema)}${line}${list}</li>`
  })
}
