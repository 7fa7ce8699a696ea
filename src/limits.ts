/** Every limit of the service, with its unit and where it comes from. Settable ones are in config.ts. */
export const limits = {
  /** Bytes of one export request after inflation (the Collector's default is 20 MiB, OTLP's recommended most 64). */
  maxBodyBytes: 20 * 1024 * 1024,
  /** The most that `limits.max_body_bytes` of the configuration may say: bytes. */
  maxBodyBytesSettable: 64 * 1024 * 1024,
  /** Inflated bytes of all requests in flight together. */
  maxInFlightBytes: 64 * 1024 * 1024,
  /** Spans in one request. */
  maxSpansPerRequest: 10_000,
  /** Attributes of one span, event, link, resource or scope (client SDKs stop at 128). */
  maxAttributes: 1024,
  /** Events, and links, of one span. */
  maxEvents: 1024,
  /** Characters of an attribute key. */
  maxKeyLength: 256,
  /** UTF-16 units of a structural attribute value; content has `maxContentLength`. */
  maxValueLength: 64 * 1024,
  /** UTF-16 units of a content value: never cut below 1 MiB. */
  maxContentLength: 1024 * 1024,
  /** Levels of arrays and kvlists in one value; deeper becomes a marker. */
  maxDepth: 32,
  /** Characters of ids and of indexed columns (a btree entry must stay below 2,704 bytes). */
  maxIdLength: 256,
  /** Milliseconds: every answer comes before the OTel exporters' 10 s. */
  handlerTimeoutMs: 8_000,
  /** Seconds in `Retry-After`; longer than an exporter's remaining budget means data loss. */
  retryAfterSeconds: 1,
  /** Spans in the answer that Canvas reads (it freezes above about 2,000). */
  canvasSpans: 1_000,
  /** Bytes of that answer. */
  canvasBytes: 2 * 1024 * 1024,
  /** Characters of an input or output preview in that answer. */
  canvasPreview: 8 * 1024,
  /** Rows of a skeleton page: default and most. */
  skeletonPage: 1_000,
  skeletonPageMax: 10_000,
  /** Milliseconds of searching in one execution, and matches of one search: then it stops and says so. */
  searchMs: 2_000,
  searchMatches: 5_000,
  /** Bytes of one artifact, where `limits.max_artifact_bytes` of the configuration says nothing. */
  maxArtifactBytes: 100 * 1024 * 1024,
  /** The most that it may say: bytes. */
  maxArtifactBytesSettable: 4 * 1024 * 1024 * 1024,
  /** Bytes of an artifact in one row, and of what an upload or download holds in memory. */
  artifactChunkBytes: 512 * 1024,
  /** Bytes of a text artifact up to which it is redacted, which needs the whole of it in memory. */
  artifactRedactedBytes: 4 * 1024 * 1024,
  /** Bytes that all uploads of artifacts in flight may hold together. */
  maxUploadBytesInFlight: 32 * 1024 * 1024,
  /** Milliseconds of one upload or download, and of one that does not move. */
  transferTimeoutMs: 30 * 60 * 1000,
  transferStallMs: 30 * 1000,
  /** Milliseconds that a link to an artifact lives, and an id signed inside Canvas's answer. */
  artifactLinkMs: 60 * 1000,
  signedArtifactIdMs: 15 * 60 * 1000,
  /** Artifacts that a summary lists. */
  summaryArtifacts: 1_000,
  /** Server-sent events: milliseconds between comments, of a stream's life, and before a client comes back. */
  streamHeartbeatMs: 15_000,
  streamLifetimeMs: 15 * 60 * 1000,
  streamRetryMs: 1_000,
  /** Milliseconds after which a stream is cut whose reader takes nothing, and one that ended and is not taken. */
  streamStallMs: 30_000,
  streamGraceMs: 2_000,
  /**
   * Streams of a process and of one subject; rows of changes that are remembered for those who come back, and that may
   * wait for one reader; milliseconds between looks, of quiet before the end of an incomplete execution, and that an
   * unwatched execution is remembered.
   */
  watch: {
    watchers: 1_000,
    watchersOfSubject: 50,
    rows: 5_000,
    pollMs: 1_000,
    graceMs: 5_000,
    lingerMs: 60_000,
  },
  /** UTF-16 units of each prompt that a comparison looks at. */
  compareText: 64 * 1024,
  /** Statistics of a workflow: executions that are counted; of those, executions and spans whose nodes are. */
  statsExecutions: 2_000,
  statsNodeExecutions: 200,
  statsNodeSpans: 20_000,
  /** Days: the window where none is given, and the longest. */
  statsDays: 7,
  statsDaysMax: 92,
  /** Rows of a list: default and most. */
  listPage: 50,
  listPageMax: 200,
  /** Reads of one subject in `readWindowMs`: a tab that is opened asks about a hundred times at once. */
  readsPerWindow: 600,
  /** Of those, answers 403 and 404: the real Canvas repeats a refusal three times a second in every tab. */
  refusalsPerWindow: 150,
  /** Milliseconds. */
  readWindowMs: 10_000,
  /** Characters of the reason for a reveal. */
  revealReasonLength: 500,
} as const
