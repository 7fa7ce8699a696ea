/** As much of JSON Schema as the document has. */
export interface Schema {
  $ref?: string
  type?: string
  format?: string
  description?: string
  const?: unknown
  default?: unknown
  minimum?: number
  maximum?: number
  maxLength?: number
  anyOf?: Schema[]
  oneOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description: string
  schema: Schema
}

export interface Media {
  schema: Schema
  /** Of a stream: the data of each event. */
  'x-events'?: Record<string, Schema>
  /** Of newline-delimited JSON: a line. */
  'x-line'?: Schema
}

export interface Answer {
  description: string
  headers?: Record<string, { description: string; schema: Schema }>
  content?: Record<string, Media>
}

export interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description: string
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: Record<string, Media> }
  responses: Record<string, Answer>
  security: Record<string, string[]>[]
}

/** The document as this service writes it. */
export interface OpenApi {
  openapi: string
  info: { title: string; version: string; description: string }
  servers: { url: string }[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, unknown> }
}
