/** Protobuf by hand, for messages that no encoder would write. */
export function varint(value: bigint | number): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  return Buffer.from([...bytes, Number(rest)])
}

/** A field of a length and a body. */
export function len(field: number, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body])
}

export function varintField(field: number, value: bigint | number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)])
}

/** A request of one span with these fields. */
export function requestOf(...fields: Buffer[]): Buffer {
  return len(1, len(2, len(2, ...fields)))
}

/** An attribute field of a span: `key` and the body of an AnyValue. */
export function attribute(key: Buffer | string, value: Buffer): Buffer {
  return len(9, len(1, key), len(2, value))
}

/** The body of an AnyValue of this many arrays around a string. */
export function nested(levels: number): Buffer {
  let value: Buffer<ArrayBufferLike> = len(1, 'x')
  const heads: Buffer[] = []
  let size = value.length
  for (let i = 0; i < levels; i++) {
    const inner = Buffer.concat([Buffer.from([0x0a]), varint(size)])
    const outer = Buffer.concat([Buffer.from([0x2a]), varint(size + inner.length)])
    heads.push(Buffer.concat([outer, inner]))
    size += inner.length + outer.length
  }
  value = Buffer.concat([...heads.reverse(), value])
  return value
}
