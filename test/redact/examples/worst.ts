import type { Rule } from '../../../src/redact/rule.ts'
import { alnum } from './fake.ts'
import { formatExamples } from './formats.ts'
import { personalExamples } from './personal.ts'
import { secretExamples } from './secrets.ts'

const SIZE = 64 * 1024
const fill = (unit: string): string => unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE)

/** 64 KiB texts that are meant to make a rule slow: its keyword and its matches over and over, whole and broken. */
export function worstInputs(rule: Rule): string[] {
  const keyword = rule.keywords[0] ?? ''
  const examples = { ...secretExamples, ...formatExamples, ...personalExamples }[rule.id]
  const positive = examples?.true[0]?.text ?? alnum(40)
  return [
    fill(keyword === '' ? '1' : keyword),
    fill(`${keyword} `),
    fill(`${keyword}=`),
    (keyword + alnum(100)).slice(0, 100) + fill('a'),
    fill(keyword + ' '.repeat(200)),
    fill(keyword + alnum(300)),
    fill(`${positive} `),
    fill(positive),
    fill(positive.slice(0, -1)),
    fill('1 '),
    fill('1.1-'),
    fill('AB12 '),
    fill('a:'),
    fill('a@a.'),
    fill('://a:'),
    fill('curl -ua:b'),
    `curl ${fill(' -u a:b')}`,
    fill(' -pabc'),
    fill(' -u "a:'),
    `curl ${fill('x ').slice(0, 60_000)} -u a:b`,
    fill('echo a | sudo -S '),
    fill('curl -b a=b '),
    fill('docker login -p swordfish '),
    fill(' -uUapPw '),
    fill("identified by 'a"),
    fill(':5432:a:b:c'),
    fill('a:b@tcp('),
    fill(`${alnum(120)}:b@tcp(`),
    fill(`?code=${alnum(20)}`),
    fill(`${'x'.repeat(290)}?code=${alnum(20)}`),
    fill(`<token>${alnum(30)}`),
    fill('<a><token>  '),
    fill('| password |'),
    fill('| password | hunter22 '),
    fill('-----END PRIVATE KEY-----'),
    fill(`a\n  ${alnum(64)}\n-----END PRIVATE KEY-----`),
    `${fill('a \n')}-----END PRIVATE KEY-----`,
    `${fill(' ')}-----END PRIVATE KEY-----`,
  ]
}
