import type { Page } from 'playwright-core'

/** Everything that a page holds: text, comments, attributes and values, inside open shadow roots and templates too. */
export const domOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const parts: string[] = [document.title, location.href]
    const roots: ParentNode[] = [document]
    for (let root = roots.pop(); root !== undefined; root = roots.pop()) {
      for (const child of root.childNodes)
        if (!(child instanceof Element)) parts.push(child.textContent ?? '')
      for (const node of root.querySelectorAll('*')) {
        for (const { name, value } of node.attributes) parts.push(`${name}=${value}`)
        if ('value' in node && typeof node.value === 'string') parts.push(node.value)
        for (const child of node.childNodes)
          if (!(child instanceof Element)) parts.push(child.textContent ?? '')
        if (node.shadowRoot) roots.push(node.shadowRoot)
        if (node instanceof HTMLTemplateElement) roots.push(node.content)
      }
    }
    return parts.join('\n')
  })
