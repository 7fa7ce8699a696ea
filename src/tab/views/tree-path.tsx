import type { TreeView } from '../hooks/use-tree-view.ts'
import { titleOf } from '../model/columns.ts'
import { hasChildren, pathTo, shortPath, type Tree } from '../model/tree.ts'
import { strings } from '../strings.ts'
import { Icon } from './icon.tsx'
import { KindGlyph } from './kind-glyph.tsx'

/** CSS pixels that the path covers. */
export const PATH_HEIGHT = 28

interface Props {
  view: TreeView
  /** The first row that the path does not cover; -1 = the tree is at its top. */
  row: number
  show: (row: number) => void
}

/**
 * Where the rows in view hang, while their parents are scrolled out. For the pointer: the arrow to the left
 * and the detail's own path do the same for keys and assistive technology.
 */
export function TreePath({ view, row, show }: Props) {
  const { tree, columns } = view
  const path = row < 0 ? [] : ancestorsOf(tree, row)
  if (path.length === 0) return null
  const short = shortPath(path)
  return (
    <div class="tree-path" aria-hidden="true">
      {short.map((at, n) => {
        if (at < 0) return <PathGap key={at} count={path.length - short.length + 1} />
        const index = tree.span[at] ?? -1
        return (
          <button key={at} type="button" tabIndex={-1} onClick={() => show(at)}>
            {n === 0 ? null : <Icon name="right" size={10} />}
            {index < 0 ? null : <KindGlyph kind={columns.kind[index] ?? 'internal'} />}
            <span>
              {index < 0 ? strings.missingParent(tree.missing.get(at) ?? '') : titleOf(columns, index)}
            </span>
          </button>
        )
      })}
    </div>
  )
}

/** Says how many rows of a long path are left out. */
export function PathGap({ count }: { count: number }) {
  return (
    <span class="path-gap" title={strings.moreLevels(String(count))}>
      …
    </span>
  )
}

function ancestorsOf(tree: Tree, row: number): number[] {
  return pathTo(tree, row).filter((at) => at !== row && hasChildren(tree, at))
}
