import swagger from '@fastify/swagger'
import type { RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { version } from '../../version.ts'
import { componentSchemas, shareComponents } from './components.ts'
import { TAGS } from './described.ts'
import { operationOf } from './operation.ts'

const DESCRIPTION = `Traces of agent and LLM workflow executions: OpenTelemetry in, execution trees out.

Names are snake_case; times are RFC 3339 in UTC with nanoseconds where known; null means unknown, which is not 0. \
Tokens are JWTs with the claims \`workspace\`, \`workflows\` and \`scope\`; what a token may not see is told like what does not \
exist. Answers may gain fields and media types may gain parameters; readers ignore what they do not know.`

/**
 * Collects every route that is registered after it into an OpenAPI 3.1 document: `app.swagger()`, once the app is
 * ready. It only reads routes; what they check and answer stays as it is.
 */
export const openapi = fp<{ basePath: string }>(
  async (app, { basePath }) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'workflow-trace',
          version,
          description: DESCRIPTION,
          license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } as { name: string },
        },
        servers: [{ url: basePath === '' ? '/' : basePath, description: 'this service' }],
        tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
        components: {
          schemas: componentSchemas() as never,
          securitySchemes: {
            bearer: {
              type: 'http',
              scheme: 'bearer',
              bearerFormat: 'JWT',
              description:
                'A JWT, or a static key for exports. The scopes are the roles that a route asks for.',
            },
            basic: {
              type: 'http',
              scheme: 'basic',
              description: 'Any name, with the token as the password: what Langfuse exporters send.',
            },
          },
        },
      },
      transform: ({ url, route }) => ({ schema: operationOf(route as unknown as RouteOptions), url }),
      transformObject: (document) =>
        'openapiObject' in document ? shareComponents(document.openapiObject as object) : {},
    })
  },
  { name: 'openapi' },
)
