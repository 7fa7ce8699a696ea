import { useState } from 'preact/hooks'
import type { Loaded } from '../api/load-trace.ts'
import { paths } from '../api/paths.ts'
import { saveFile } from '../api/save-file.ts'
import { useTab } from '../hooks/tab-context.ts'
import { useCopy } from '../hooks/use-copy.ts'
import { outline } from '../model/outline.ts'
import { strings } from '../strings.ts'
import { Icon } from './icon.tsx'
import { Menu } from './menu.tsx'

/** What can be taken away: the link, the trace as OTLP/JSON, and its outline as markdown; and how dense the rows are. */
export function MoreMenu({ loaded }: { loaded: Loaded }) {
  const { api, format, narrow, dense, setDense, copyLink, announce } = useTab()
  const { copy } = useCopy()
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle')
  const { execution_id: id } = loaded.execution
  const save = async () => {
    setState('busy')
    try {
      const { blob, name } = await api.download(paths.export(id), AbortSignal.timeout(600_000))
      saveFile(blob, name ?? `${id}.otlp.json`)
      setState('idle')
    } catch {
      setState('failed')
      announce(strings.exportFailed)
    }
  }
  const asMarkdown = () => copy(outline(loaded.execution, loaded.columns, format))
  return (
    <>
      {state === 'failed' ? <span class="menu-failed">{strings.exportFailed}</span> : null}
      <Menu icon="menu" label={strings.more}>
        <button type="button" onClick={copyLink}>
          <span>{strings.copyLink}</span>
          <Icon name="link" size={14} />
        </button>
        <button type="button" onClick={asMarkdown}>
          <span>{strings.copyMarkdown}</span>
          <Icon name="copy" size={14} />
        </button>
        <button type="button" disabled={state === 'busy'} onClick={() => void save()}>
          <span>{state === 'busy' ? strings.downloading : strings.exportTrace}</span>
          <Icon name="download" size={14} />
        </button>
        {narrow ? null : (
          <button type="button" aria-pressed={dense} onClick={() => setDense(!dense)}>
            <span>{strings.dense}</span>
            {dense ? <Icon name="check" size={14} /> : null}
          </button>
        )}
      </Menu>
    </>
  )
}
