/** The style sheet of `/docs`. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9e0, #3a404b); --soft: light-dark(#f5f6f8, #1d2026);
  --text: light-dark(#1b1f27, #e6e8ec); --quiet: light-dark(#5a6372, #a3abb9); --link: light-dark(#1f5fbf, #8ab4f8) }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1.5rem; max-width: 64rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text);
  background: light-dark(#fff, #14161a) }
a { color: var(--link) }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line) }
h3 { margin: 2.5rem 0 .25rem; overflow-wrap: anywhere }
h4 { margin: 1.25rem 0 .25rem; font-size: .95rem }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere }
.method { display: inline-block; min-width: 4.2rem; font-weight: 700 }
.scope { color: var(--quiet) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .92rem }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border: 1px solid var(--line) }
th { background: var(--soft) }
td:first-child { white-space: nowrap }
`.trimStart()
