import type { Scope } from '../../src/model/principal.ts'

/** The ids of what a request is about; the same lengths whether they exist or not. */
export interface Ids {
  workflow: string
  execution: string
  other: string
  span: string
  artifact: string
}

/**
 * What a route gives away to whom. `one`: something with an id, 404 when missing or out of reach; `list`: 200 and
 * empty; `own`: it depends on the caller alone; `open`: no token, and nothing of anybody's; `otlp`: takes exports;
 * `wrong`: a method that a path of OTLP does not have.
 */
export type RouteKind = 'one' | 'list' | 'own' | 'open' | 'otlp' | 'wrong'

export interface KnownRoute {
  kind: RouteKind
  scope: Scope | null
  path: (ids: Ids) => string
  body?: unknown
  headers?: Record<string, string>
  /** What the owner gets. */
  ok: number[]
  /** It ends what it is about: asked last. */
  destroys?: boolean
}

const execution =
  (rest: string) =>
  ({ execution }: Ids) =>
    `/api/executions/${execution}${rest}`
const json = { 'content-type': 'application/json' }
const read = (path: KnownRoute['path'], kind: RouteKind = 'one'): KnownRoute => ({
  kind,
  scope: 'traces:read',
  path,
  ok: [200],
})
const open = (path: string): KnownRoute => ({
  kind: 'open',
  scope: null,
  path: () => path,
  ok: [200, 404, 503],
})

const otlpPaths = ['/v1/traces', '/v1/logs', '/v1/metrics', '/api/public/otel/v1/traces']
const otlp: [string, KnownRoute][] = otlpPaths.flatMap((url) => [
  [
    `POST ${url}`,
    { kind: 'otlp', scope: 'traces:write', path: () => url, body: '{}', headers: json, ok: [200] },
  ],
  ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method): [string, KnownRoute] => [
    `${method} ${url}`,
    { kind: 'wrong', scope: null, path: () => url, ok: [405] },
  ]),
])

/** Every route of the main listener. One that is missing here fails the suite; so does one that is gone. */
export const knownRoutes: ReadonlyMap<string, KnownRoute> = new Map<string, KnownRoute>([
  ...otlp,
  ['GET /', open('/')],
  ['GET /assets/*', open('/assets/trace-tab.js')],
  [
    'GET /workflows/:workflow/executions/:execution/trace',
    { ...open('/'), path: (ids) => `/workflows/${ids.workflow}/executions/${ids.execution}/trace` },
  ],

  ['GET /openapi.json', open('/openapi.json')],
  ['GET /docs', open('/docs')],
  ['GET /docs.css', open('/docs.css')],

  ['GET /api/workflows', read(() => '/api/workflows', 'list')],
  [
    'GET /api/workflows/:workflow/executions',
    read((ids) => `/api/workflows/${ids.workflow}/executions`, 'list'),
  ],
  ['GET /api/workflows/:workflow/stats', read((ids) => `/api/workflows/${ids.workflow}/stats`, 'list')],
  ['GET /api/executions/:execution/trace', read(execution('/trace'))],
  ['GET /api/executions/:execution/trace/summary', read(execution('/trace/summary'))],
  ['GET /api/executions/:execution/trace/stream', read(execution('/trace/stream'))],
  ['GET /api/executions/:execution/trace/export', read(execution('/trace/export'))],
  [
    'GET /api/executions/:execution/spans/:span',
    read((ids) => `/api/executions/${ids.execution}/spans/${ids.span}`),
  ],
  [
    'GET /api/executions/:execution/spans/:span/usage',
    read((ids) => `/api/executions/${ids.execution}/spans/${ids.span}/usage`),
  ],
  [
    'GET /api/executions/:execution/trace/spans/:span/state',
    read((ids) => `/api/executions/${ids.execution}/trace/spans/${ids.span}/state`),
  ],
  [
    'GET /api/executions/:a/compare/:b',
    read((ids) => `/api/executions/${ids.execution}/compare/${ids.other}`),
  ],
  [
    'POST /api/executions/:execution/spans/:span/reveal',
    {
      kind: 'one',
      scope: 'content:reveal',
      path: (ids) => `/api/executions/${ids.execution}/spans/${ids.span}/reveal`,
      body: { reason: 'a test' },
      ok: [200],
    },
  ],
  ['GET /api/audit', { kind: 'own', scope: 'admin', path: () => '/api/audit', ok: [200] }],
  [
    'PUT /api/executions/:execution/artifacts/:artifact',
    {
      // An upload makes what is missing: its own suite says what it may reach (test/http/artifacts).
      kind: 'own',
      scope: 'artifacts:write',
      path: (ids) => `/api/executions/${ids.execution}/artifacts/${ids.artifact}`,
      body: 'bytes',
      headers: { 'content-type': 'text/plain' },
      ok: [200, 201],
    },
  ],
  [
    'GET /api/artifacts/:id/download',
    {
      kind: 'one',
      scope: 'artifacts:read',
      path: (ids) => `/api/artifacts/${ids.artifact}/download`,
      ok: [200],
    },
  ],
  [
    'POST /api/artifacts/:id/link',
    { kind: 'one', scope: 'artifacts:read', path: (ids) => `/api/artifacts/${ids.artifact}/link`, ok: [200] },
  ],
  [
    'DELETE /api/executions/:execution',
    { kind: 'one', scope: 'traces:delete', path: execution(''), ok: [200], destroys: true },
  ],
])
