import base from './base.css?inline'
import compare from './compare.css?inline'
import detail from './detail.css?inline'
import frame from './frame.css?inline'
import graph from './graph.css?inline'
import log from './log.css?inline'
import messages from './messages.css?inline'
import phone from './phone.css?inline'
import tokens from './tokens.css?inline'
import tree from './tree.css?inline'
import views from './views.css?inline'

let shared: CSSStyleSheet[] | undefined

/** The style sheets of the tab, made once for all elements: a strict policy allows them without a nonce. */
export function sheets(): CSSStyleSheet[] {
  shared ??= [tokens, base, frame, tree, detail, messages, views, graph, log, compare, phone].map((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return sheet
  })
  return shared
}
