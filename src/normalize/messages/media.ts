import { createHash } from 'node:crypto'
import { limits } from '../../limits.ts'
import type { Attributes } from '../../model/attributes.ts'
import type { MessagePart } from '../../model/message.ts'
import { describeInline } from './inline-media.ts'
import { firstString, firstValue, isObject, type JsonObject } from './json.ts'

export type MediaPart = Extract<MessagePart, { type: 'image' | 'audio' | 'video' | 'file' }>

/** Base64 shorter than this (characters) inside an unknown value is taken for an id or a word. */
const SHORTEST_BASE64 = 1024
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}\s*$/
const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*?(;base64)?,/

/** Parts whose `content` is base64: OpenTelemetry's, and pydantic-ai's of old. */
const CARRIED = new Set<unknown>(['blob', 'binary'])

/** The description of bytes that stands where they were. */
export function describeBytes(bytes: Uint8Array, mediaType: string | null): MediaPart {
  return {
    type: familyOf(mediaType, null),
    media_type: mediaType,
    size: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    uri: null,
  }
}

/** What a part of OpenTelemetry's carries as bytes, not as base64: senders with structured attributes do so. */
export function carriedBytes(part: Attributes): MediaPart | null {
  const content = part.get('content')
  if (!(content instanceof Uint8Array) || !CARRIED.has(part.get('type'))) return null
  const mediaType = MEDIA_TYPE_KEYS.map((key) => part.get(key)).find((type) => typeof type === 'string')
  return describeBytes(content, typeof mediaType === 'string' ? mediaType : null)
}

/** Reads any dialect's picture, sound or file: data URL, base64 member, http(s) reference or provider's id. */
export function mediaPart(value: JsonObject): MediaPart | undefined {
  const inner = [
    'image_url',
    'image',
    'input_audio',
    'audio',
    'source',
    'inline_data',
    'inlineData',
    'file_data',
    'fileData',
    'file',
  ]
    .map((key) => value[key])
    .find((member) => isObject(member) || typeof member === 'string')
  const nested = isObject(inner) ? inner : {}
  const deeper = [nested.image, nested.audio].find(isObject) ?? {}
  const members: JsonObject = { ...deeper, ...nested, ...value }
  const modality = firstString(value, 'modality', 'type')
  const mediaType = firstString(members, ...MEDIA_TYPE_KEYS, 'contentType') ?? formatOf(members, modality)
  const described = describedIn(value)
  if (described !== null) return { ...described, type: familyOf(mediaType, modality) }
  const buffer = bufferOf(inner) ?? bufferOf(value.data)
  if (buffer !== null) return { ...describeBytes(buffer, mediaType), type: familyOf(mediaType, modality) }
  const bytes =
    firstString(members, 'data', 'base64', 'b64_json', 'file_data') ??
    (CARRIED.has(value.type) ? firstString(value, 'content') : null)
  const reference =
    (typeof inner === 'string' ? inner : null) ??
    firstString(members, 'url', 'uri', 'fileUri', 'file_uri', 'file_id', 'fileId', 'id')
  const carried = bytes ?? reference
  if (carried === null) return undefined
  return fromText(carried, mediaType, modality, bytes !== null || isBareBase64(carried))
}

/** The description that stands in a part where its bytes were. */
function describedIn({ type, content }: JsonObject): MediaPart | null {
  const stands = CARRIED.has(type) && isObject(content) && 'sha256' in content && 'size' in content
  return stands ? (content as MediaPart) : null
}

/** `JSON.stringify` of a Buffer, or of a Uint8Array: what was meant are bytes. */
function bufferOf(value: unknown): Uint8Array | null {
  if (!isObject(value)) return null
  const numbers = value.type === 'Buffer' && Array.isArray(value.data) ? value.data : numbersOf(value)
  return numbers?.every(isByte) ? Uint8Array.from(numbers as number[]) : null
}

function numbersOf(value: JsonObject): unknown[] | null {
  const keys = Object.keys(value)
  return keys.length > 0 && keys.every((key, index) => key === String(index)) ? Object.values(value) : null
}

const isByte = (value: unknown) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 256

/** Base64 where a reference was expected: too long for an id, and no path or address. */
function isBareBase64(text: string): boolean {
  return text.length >= 64 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
}

/** A data URL, base64 or reference as a part. */
export function fromText(
  carried: string,
  mediaType: string | null,
  modality: string | null,
  isBase64 = false,
): MediaPart {
  const url = DATA_URL.exec(carried.slice(0, 256))
  if (url !== null) {
    const body = carried.slice(url[0].length)
    const bytes = url[2] ? Buffer.from(body, 'base64') : Buffer.from(unescapeOr(body), 'utf8')
    const type = url[1] ?? mediaType
    return { ...describeBytes(bytes, type), type: familyOf(type, modality) }
  }
  if (isBase64 && !/^(https?|gs|s3|file):/i.test(carried) && BASE64.test(carried.replaceAll(/\s/g, ''))) {
    const bytes = Buffer.from(carried, 'base64')
    return { ...describeBytes(bytes, mediaType), type: familyOf(mediaType, modality) }
  }
  // Never more than a reference: hidden (`__REDACTED__`), cut, or elsewhere.
  const uri = carried.length > 2048 ? `${carried.slice(0, 2047)}…` : carried
  return { type: familyOf(mediaType, modality), media_type: mediaType, size: null, sha256: null, uri }
}

/** A copy of a JSON value in which inline media are described instead of carried, and depth is bounded. */
export function withoutMedia(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') {
    if (value.startsWith('data:') && DATA_URL.test(value.slice(0, 256))) return fromText(value, null, null)
    if (value.length >= SHORTEST_BASE64 && BASE64.test(value.slice(0, 256)) && BASE64.test(value))
      return fromText(value, null, null, true)
    return describeInline(value)
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth >= limits.maxDepth) return '[nested too deep]'
  if (Array.isArray(value)) return value.map((item) => withoutMedia(item, depth + 1))
  if (value instanceof Uint8Array) return describeBytes(value, null)
  const blob = CARRIED.has((value as JsonObject).type) ? mediaPart(value as JsonObject) : undefined
  if (blob !== undefined) return blob
  const mediaType = firstString(value as JsonObject, ...MEDIA_TYPE_KEYS)
  const copy: JsonObject = Object.create(null)
  for (const [key, item] of Object.entries(value)) {
    const isBytes = mediaType !== null && BYTES_KEYS.has(key) && typeof item === 'string' && BASE64.test(item)
    copy[key] = isBytes ? fromText(item, mediaType, null, true) : withoutMedia(item, depth + 1)
  }
  return copy
}

const MEDIA_TYPE_KEYS = ['media_type', 'mediaType', 'mime_type', 'mimeType']

/** Members that hold base64 beside a media type. */
const BYTES_KEYS = new Set(['data', 'base64', 'content'])

function familyOf(mediaType: string | null, modality: string | null): MediaPart['type'] {
  const word = `${mediaType ?? ''} ${modality ?? ''}`.toLowerCase()
  if (word.includes('image')) return 'image'
  if (word.includes('audio')) return 'audio'
  if (word.includes('video')) return 'video'
  return 'file'
}

/** OpenAI names a sound's format (`wav`) instead of its media type. */
function formatOf(members: JsonObject, modality: string | null): string | null {
  const format = firstValue(members, 'format')
  return typeof format === 'string' && modality !== null && modality.includes('audio')
    ? `audio/${format}`
    : null
}

function unescapeOr(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
