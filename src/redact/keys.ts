import { normalizeKey } from './key-words.ts'
import type { Pass } from './pass.ts'
import { isReplacement } from './rule.ts'
import { type JudgedKey, judgeKey } from './rules/keys.ts'

/** Names in memory: an exporter uses a few hundred; a hostile one makes them up. */
const MOST = 4096
const LONGEST = 128

/** Judges a name. Only names that hold no secret themselves are remembered. */
export function judge(key: string, pass: Pass): JudgedKey {
  return pass.redactor.judged.get(key) ?? judgeNew(key, pass)
}

function judgeNew(key: string, pass: Pass): JudgedKey {
  const allowed = pass.redactor.allowKeys.has(normalizeKey(key))
  // What is left of a name that held a secret says nothing more: redacting twice must change nothing.
  return {
    allowed,
    verdict: allowed || key.includes('[redacted:') ? null : judgeKey(key, pass.redactor.secrets.ownKeys),
  }
}

/** The name without secrets, if it is not among those that are remembered. */
export function cleanKey(key: string, pass: Pass): string {
  const { judged, secrets } = pass.redactor
  if (isReplacement(key)) return key
  const clean = pass.text(key, secrets)
  if (clean === key && key.length <= LONGEST) {
    if (judged.size >= MOST) judged.clear()
    judged.set(key, judgeNew(key, pass))
  }
  return clean
}
