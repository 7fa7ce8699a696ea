/**
 * An OTLP `AnyValue` in JavaScript's own types, one for each wire type, so that nothing is lost on the way
 * back out: int64 is `bigint`, double is `number` (NaN and ±Infinity included), bytes are `Uint8Array`,
 * kvlist is a `Map`, an absent value is `null`.
 */
export type AttributeValue =
  | string
  | boolean
  | bigint
  | number
  | Uint8Array
  | null
  | AttributeValue[]
  | Map<string, AttributeValue>

/** Attributes by key. A `Map`, because keys are chosen by strangers (`__proto__` is an ordinary key here). */
export type Attributes = Map<string, AttributeValue>
