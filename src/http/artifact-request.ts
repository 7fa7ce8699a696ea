import type { IncomingHttpHeaders } from 'node:http'
import { BadRequest, BodyTooLarge, UnsupportedEncoding } from '../errors.ts'
import { limits } from '../limits.ts'
import { mediaTypeOf } from './media-type.ts'

/** What the headers of an upload say, checked, not yet redacted. */
export interface UploadHeaders {
  workflowId: string | null
  /** 16 lower-case hex digits. */
  spanId: string | null
  name: string | null
  mediaType: string
  /** SHA-256 of the bytes as sent. */
  digest: Buffer | null
  /** Bytes; null = the sender does not say. */
  length: number | null
}

/** Reads the headers of an upload. Throws the refusal of whatever is wrong with them. */
export function uploadHeaders(headers: IncomingHttpHeaders, maxBytes: number): UploadHeaders {
  const coding = (headers['content-encoding'] ?? '').trim().toLowerCase()
  if (coding !== '' && coding !== 'identity') throw new UnsupportedEncoding('identity')
  const length = headers['content-length'] === undefined ? null : Number(headers['content-length'])
  if (length !== null && length > maxBytes) throw new BodyTooLarge(maxBytes)
  const workflowId = textOf(headers['x-workflow-id'])
  const name = textOf(headers['x-artifact-name'])
  return {
    workflowId: workflowId === null ? null : idOf('x-workflow-id', workflowId),
    spanId: spanIdOf(textOf(headers['x-span-id'])),
    name: name === null ? null : name.slice(0, limits.maxIdLength).toWellFormed(),
    mediaType: mediaTypeOf(headers['content-type']),
    digest: digestOf(headers),
    length,
  }
}

/** An id that a column can hold. Throws `BadRequest`, naming where it stood. */
export function idOf(where: string, text: string): string {
  if (text.length > limits.maxIdLength)
    throw new BadRequest(`${where} exceeds ${limits.maxIdLength} characters`)
  return storable(text)
}

/** NUL cannot be stored: it becomes what it becomes in spans. */
export const storable = (text: string) => text.replaceAll('\0', '\ufffd').toWellFormed()

/** A header whose value is percent-encoded; one that is not is taken as it is. null = absent or empty. */
function textOf(value: string | string[] | undefined): string | null {
  const text = String(value ?? '').trim()
  if (text === '') return null
  try {
    return storable(decodeURIComponent(text))
  } catch {
    return storable(text)
  }
}

function spanIdOf(text: string | null): string | null {
  if (text === null || /^0{16}$/.test(text)) return null
  if (!/^[0-9a-f]{16}$/i.test(text)) throw new BadRequest('x-span-id must be 16 hexadecimal digits')
  return text.toLowerCase()
}

/** SHA-256 in hex (`x-content-sha256`), or as RFC 9530 has it; other algorithms are not checked. */
function digestOf(headers: IncomingHttpHeaders): Buffer | null {
  const hex = textOf(headers['x-content-sha256'])
  if (hex !== null) {
    if (!/^[0-9a-f]{64}$/i.test(hex)) throw new BadRequest('x-content-sha256 must be 64 hexadecimal digits')
    return Buffer.from(hex, 'hex')
  }
  // without content codings the representation is the content
  for (const name of ['content-digest', 'repr-digest']) {
    const [, base64] = /(?:^|,)\s*sha-256=:([^:]*):/i.exec(String(headers[name] ?? '')) ?? []
    if (base64 === undefined) continue
    const digest = Buffer.from(base64, 'base64')
    if (digest.length !== 32) throw new BadRequest(`${name}: a SHA-256 has 32 bytes, in base64`)
    return digest
  }
  return null
}
