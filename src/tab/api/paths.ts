const segment = encodeURIComponent

/** The addresses of the API that the tab reads, below the base path. */
export const paths = {
  workflows: () => '/api/workflows',
  executions: (workflow: string, cursor: string | null) =>
    `/api/workflows/${segment(workflow)}/executions?limit=50${cursor ? `&cursor=${segment(cursor)}` : ''}`,
  skeleton: (execution: string, limit: number, cursor: string | null) =>
    `/api/executions/${segment(execution)}/trace?view=skeleton&limit=${limit}${cursor ? `&cursor=${segment(cursor)}` : ''}`,
  summary: (execution: string) => `/api/executions/${segment(execution)}/trace/summary`,
  span: (execution: string, span: string, trace: string | undefined) =>
    `/api/executions/${segment(execution)}/spans/${segment(span)}${trace ? `?trace_id=${segment(trace)}` : ''}`,
  artifact: (id: string) => `/api/artifacts/${segment(id)}/download`,
}
