import createError from '@fastify/error'

/**
 * The catalogue: everything this service refuses, with its HTTP status. `store/` and `otlp/` throw these too;
 * the edge turns them into a problem document or a `google.rpc.Status`. Messages never carry payloads.
 */
export const Undecodable = createError('TRACE_UNDECODABLE', 'The body cannot be decoded: %s', 400)
export const BadRequest = createError('TRACE_BAD_REQUEST', '%s', 400)
export const BadCursor = createError('TRACE_BAD_CURSOR', 'The cursor is not one of ours', 400)
export const Unauthenticated = createError('TRACE_UNAUTHENTICATED', '%s', 401)
export const ScopeMissing = createError('TRACE_SCOPE_MISSING', 'The token lacks the scope %s', 403)
export const NotFound = createError('TRACE_NOT_FOUND', 'It does not exist, or the token may not see it', 404)
export const MethodNotAllowed = createError('TRACE_METHOD_NOT_ALLOWED', 'Only %s is allowed here', 405)
export const ContentOff = createError(
  'TRACE_CONTENT_OFF',
  'The policy of this workflow keeps no content: the bytes were not stored',
  403,
)
export const DigestMismatch = createError(
  'TRACE_DIGEST_MISMATCH',
  'The bytes that came do not have the digest that the request names',
  400,
)
export const ArtifactConflict = createError(
  'TRACE_ARTIFACT_CONFLICT',
  'Other bytes are stored under this id; an artifact does not change',
  409,
)
export const Erased = createError('TRACE_ERASED', 'The execution was erased', 410)
export const ArtifactGone = createError('TRACE_ARTIFACT_GONE', 'The bytes are no longer kept', 410)
export const RangeNotSatisfiable = createError(
  'TRACE_RANGE_NOT_SATISFIABLE',
  'The range lies outside the artifact',
  416,
)
export const CallerGone = createError('TRACE_CALLER_GONE', 'The body ended before it was whole', 400)
export const BodyTooLarge = createError('TRACE_BODY_TOO_LARGE', 'The body exceeds %s bytes', 413)
export const UnsupportedType = createError('TRACE_UNSUPPORTED_TYPE', 'Send %s', 415)
export const UnsupportedEncoding = createError(
  'TRACE_UNSUPPORTED_ENCODING',
  'Content-Encoding must be one of %s',
  415,
)
export const TooManyRequests = createError('TRACE_TOO_MANY_REQUESTS', 'Too much at once; try again', 429)
export const StoreUnavailable = createError('TRACE_STORE_UNAVAILABLE', 'The database is away; try again', 503)
export const Overloaded = createError('TRACE_OVERLOADED', 'Too much at once; try again', 503)
export const Stopping = createError('TRACE_STOPPING', 'The service is stopping; try again', 503)
export const TimedOut = createError('TRACE_TIMED_OUT', 'It took too long; try again', 503)
export const Internal = createError('TRACE_INTERNAL', 'Something went wrong here', 500)
