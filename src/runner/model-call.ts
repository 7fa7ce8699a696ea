/** Tokens of one call. `input` includes the cached ones, `output` the reasoning ones. */
export interface Usage {
  input?: number | undefined
  output?: number | undefined
  cachedInput?: number | undefined
  cacheWriteInput?: number | undefined
  reasoningOutput?: number | undefined
}

/** What a provider says about its answer, beside the messages. */
export interface ModelResponse {
  id?: string | undefined
  model?: string | undefined
  finishReasons?: string[] | undefined
}
