import base from './base.css?inline'
import detail from './detail.css?inline'
import frame from './frame.css?inline'
import messages from './messages.css?inline'
import phone from './phone.css?inline'
import tokens from './tokens.css?inline'
import tree from './tree.css?inline'
import views from './views.css?inline'

let shared: CSSStyleSheet[] | undefined

/** The style sheets of the tab, made once for all elements: a strict policy allows them without a nonce. */
export function sheets(): CSSStyleSheet[] {
  shared ??= [tokens, base, frame, tree, detail, messages, views, phone].map((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return sheet
  })
  return shared
}

const later = new Map<string, CSSStyleSheet>()

/** Adds the style of a part that came later to the root that shows it, before the parts for phones. */
export function adopt(root: Node, text: string): void {
  if (!(root instanceof ShadowRoot)) return
  let sheet = later.get(text)
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    later.set(text, sheet)
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
}
