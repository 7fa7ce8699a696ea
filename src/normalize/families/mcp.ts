import type { Family } from '../family.ts'

/** Model Context Protocol. `tools/call` is a tool; every other method is a downstream call. */
export const mcp: Family = {
  name: 'mcp',
  verified: true,
  fields: {
    kindHint: [
      { key: 'mcp.method.name', map: { 'tools/call': 'tool' } },
      { key: 'mcp.method.name', is: 'downstream' },
    ],
  },
  content: ['mcp.request.argument.*', 'mcp.tool.result'],
  // without a target the name says more: `MCP send prompts/get ask`
  title: (get) => {
    const method = get('mcp.method.name')
    if (typeof method !== 'string') return null
    const target = get('gen_ai.tool.name') ?? get('mcp.resource.uri') ?? get('gen_ai.prompt.name')
    return typeof target === 'string' ? `${method} ${target}` : null
  },
}
