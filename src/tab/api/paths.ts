const segment = encodeURIComponent

/** Rows of the first page: few, so that they come at once; the rest comes in large pages. */
export const FIRST_PAGE = 1_000

/** The addresses of the API that the tab reads, below the base path. */
export const paths = {
  workflows: () => '/api/workflows',
  executions: (workflow: string, status: string, cursor: string | null) =>
    `/api/workflows/${segment(workflow)}/executions?limit=50${status ? `&status=${status}` : ''}${cursor ? `&cursor=${segment(cursor)}` : ''}`,
  skeleton: (execution: string, limit: number, cursor: string | null) =>
    `/api/executions/${segment(execution)}/trace?view=skeleton&limit=${limit}${cursor ? `&cursor=${segment(cursor)}` : ''}`,
  /** Rows that match, with their ancestors. */
  search: (execution: string, filter: { q?: string; kind?: string; status?: string }, limit: number) =>
    `/api/executions/${segment(execution)}/trace?view=skeleton&limit=${limit}&${new URLSearchParams(filter)}`,
  /** The neighbourhood of one span. */
  around: (execution: string, span: string, limit: number) =>
    `/api/executions/${segment(execution)}/trace?view=skeleton&limit=${limit}&around=${segment(span)}`,
  stream: (execution: string, since: string) =>
    `/api/executions/${segment(execution)}/trace/stream?since=${segment(since)}`,
  export: (execution: string) => `/api/executions/${segment(execution)}/trace/export`,
  compare: (execution: string, other: string) =>
    `/api/executions/${segment(execution)}/compare/${segment(other)}`,
  reveal: (execution: string, span: string, trace: string | undefined) =>
    `/api/executions/${segment(execution)}/spans/${segment(span)}/reveal${trace ? `?trace_id=${segment(trace)}` : ''}`,
  stats: (workflow: string) => `/api/workflows/${segment(workflow)}/stats`,
  summary: (execution: string) => `/api/executions/${segment(execution)}/trace/summary`,
  span: (execution: string, span: string, trace: string | undefined) =>
    `/api/executions/${segment(execution)}/spans/${segment(span)}${trace ? `?trace_id=${segment(trace)}` : ''}`,
  artifact: (id: string) => `/api/artifacts/${segment(id)}/download`,
  artifactLink: (id: string) => `/api/artifacts/${segment(id)}/link`,
}
