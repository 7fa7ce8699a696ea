// biome-ignore-all lint/suspicious/noArrayIndexKey: the pieces of one text never change
import { splitInvisible, splitRedacted } from '../model/text.ts'
import { strings } from '../strings.ts'

/** Plain text in which redacted values and invisible characters can be seen. Never markup. */
export function RichText({ text }: { text: string }) {
  return (
    <>
      {splitRedacted(text).map((piece, n) =>
        piece.type === 'redacted' ? (
          <Redacted key={n} rule={piece.text} />
        ) : (
          splitInvisible(piece.text).map((part, m) =>
            part.type === 'invisible' ? (
              <span key={m} class="invisible" title={part.text}>
                {part.text}
              </span>
            ) : (
              part.text
            ),
          )
        ),
      )}
    </>
  )
}

function Redacted({ rule }: { rule: string }) {
  return <span class="redacted">{rule === '' ? strings.redacted : strings.redactedBy(rule)}</span>
}
