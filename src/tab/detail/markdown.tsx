// biome-ignore-all lint/suspicious/noArrayIndexKey: the tokens of one text never change
import { Lexer, type Token, type Tokens } from 'marked'
import type { ComponentChildren, VNode } from 'preact'
import { RemoteImage } from './remote-image.tsx'
import { RichText } from './rich-text.tsx'

/**
 * Markdown as elements of an allow-list, made from the tokens: there is no HTML in between, so a prompt
 * cannot bring any. HTML stays text; links are http, https or mailto; an
 * image would tell its host who reads, so it loads when the reader presses its button and not before.
 */
export function Markdown({ text }: { text: string }) {
  return <div class="markdown">{blocks(Lexer.lex(text))}</div>
}

function blocks(tokens: Token[]): VNode[] {
  return tokens.map((token, n) => <Block key={n} token={token} />)
}

function Block({ token }: { token: Token }): VNode | null {
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'heading': {
      const Level = `h${Math.min(6, (token as Tokens.Heading).depth + 3)}` as 'h4'
      return <Level>{inline(token)}</Level>
    }
    case 'code':
      return (
        <pre>
          <code>
            <RichText text={(token as Tokens.Code).text} />
          </code>
        </pre>
      )
    case 'blockquote':
      return <blockquote>{blocks((token as Tokens.Blockquote).tokens)}</blockquote>
    case 'list': {
      const list = token as Tokens.List
      const items = list.items.map((item, n) => <li key={n}>{blocks(item.tokens)}</li>)
      return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>
    }
    case 'hr':
      return <hr />
    case 'table':
      return <Table table={token as Tokens.Table} />
    case 'text':
      return <span>{inline(token)}</span>
    case 'paragraph':
      return <p>{inline(token)}</p>
    default:
      return <p>{token.raw}</p>
  }
}

function Table({ table }: { table: Tokens.Table }) {
  return (
    <table>
      <thead>
        <tr>
          {table.header.map((cell, n) => (
            <th key={n}>{spans(cell.tokens)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, n) => (
          <tr key={n}>
            {row.map((cell, m) => (
              <td key={m}>{spans(cell.tokens)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function inline(token: Token): ComponentChildren {
  if ('tokens' in token && token.tokens) return spans(token.tokens)
  return 'text' in token ? <RichText text={String(token.text)} /> : token.raw
}

function spans(tokens: Token[]): ComponentChildren {
  return tokens.map((token, n) => <Inline key={n} token={token} />)
}

function Inline({ token }: { token: Token }): VNode {
  switch (token.type) {
    case 'strong':
      return <strong>{inline(token)}</strong>
    case 'em':
      return <em>{inline(token)}</em>
    case 'del':
      return <del>{inline(token)}</del>
    case 'codespan':
      return (
        <code>
          <RichText text={(token as Tokens.Codespan).text} />
        </code>
      )
    case 'br':
      return <br />
    case 'link':
      return <SafeLink link={token as Tokens.Link} />
    case 'image':
      return <Picture image={token as Tokens.Image} />
    case 'text':
    case 'escape':
      return <>{inline(token)}</>
    default:
      return <>{token.raw}</>
  }
}

/** The address if it may be a link or an image; null = it stays text. */
function safeUrl(href: string, protocols: string[]): URL | null {
  try {
    const url = new URL(href)
    return protocols.includes(url.protocol) ? url : null
  } catch {
    return null
  }
}

function SafeLink({ link }: { link: Tokens.Link }) {
  const url = safeUrl(link.href, ['http:', 'https:', 'mailto:'])
  if (!url) return <span>{link.raw}</span>
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer nofollow" title={url.href}>
      {spans(link.tokens)}
      {url.host && !link.text.includes(url.host) ? <span class="host"> ({url.host})</span> : null}
    </a>
  )
}

function Picture({ image }: { image: Tokens.Image }) {
  const url = safeUrl(image.href, ['https:'])
  if (!url) return <span class="media">{image.text || image.raw.slice(0, 80)}</span>
  return <RemoteImage url={url} text={image.text} />
}
