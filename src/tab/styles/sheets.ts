import base from './base.css?inline'
import frame from './frame.css?inline'
import pane from './pane.css?inline'
import phone from './phone.css?inline'
import tokens from './tokens.css?inline'
import tree from './tree.css?inline'
import views from './views.css?inline'

const made = new Map<string, CSSStyleSheet>()

/** The sheet of a text, made once for all elements: a strict policy allows it without a nonce. */
function sheetOf(text: string): CSSStyleSheet {
  let sheet = made.get(text)
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    made.set(text, sheet)
  }
  return sheet
}

/** The style of what is there at once. */
export function sheets(): CSSStyleSheet[] {
  return [tokens, base, frame, tree, pane, views, phone].map(sheetOf)
}

/** Adds the style of a part that came later to the root that shows it; what is for phones stays last. */
export function adopt(root: Node, texts: readonly string[]): void {
  if (!(root instanceof ShadowRoot)) return
  const there = root.adoptedStyleSheets
  const added = texts.map(sheetOf).filter((sheet) => !there.includes(sheet))
  if (added.length > 0) root.adoptedStyleSheets = [...there.slice(0, -1), ...added, ...there.slice(-1)]
}
