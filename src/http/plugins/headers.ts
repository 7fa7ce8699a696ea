import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import fp from 'fastify-plugin'
import type { Config } from '../../config.ts'

/**
 * Security headers of every answer, and CORS when origins are configured. There are no cookies anywhere, so
 * preflights need no credentials and answers never allow them.
 */
export const headers = fp<{ config: Config }>(
  async (app, { config }) => {
    const framed = config.frameAncestors.length > 0
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          'default-src': ["'none'"],
          'script-src': ["'self'"],
          'style-src': ["'self'"],
          'img-src': ["'self'", 'data:'],
          'font-src': ["'self'"],
          'connect-src': ["'self'"],
          'base-uri': ["'none'"],
          'form-action': ["'none'"],
          'frame-ancestors': framed ? [...config.frameAncestors] : ["'none'"],
          'require-trusted-types-for': ["'script'"],
        },
      },
      // X-Frame-Options knows no lists: with a list, frame-ancestors alone decides.
      frameguard: framed ? false : { action: 'deny' },
      // A Canvas of another origin imports the web component from here.
      crossOriginResourcePolicy: { policy: 'cross-origin' },
      // TLS ends in front of this service; what ends it knows whether it can promise HTTPS for ever.
      strictTransportSecurity: false,
      referrerPolicy: { policy: 'no-referrer' },
    })
    if (config.corsOrigins.length === 0) return
    await app.register(cors, {
      origin: config.corsOrigins.includes('*') ? '*' : [...config.corsOrigins],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
      allowedHeaders: [
        'authorization',
        'content-type',
        'content-encoding',
        'cache-control',
        'pragma',
        'last-event-id',
      ],
      exposedHeaders: ['Link', 'Retry-After', 'Content-Disposition', 'x-request-id', 'ETag'],
      credentials: false,
      // Seconds.
      maxAge: 600,
      strictPreflight: false,
    })
  },
  { name: 'headers' },
)
