import { useState } from 'preact/hooks'
import type { Artifact } from '../../http/schemas/common.ts'
import { paths } from '../api/paths.ts'
import { saveFile } from '../api/save-file.ts'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'

/** What the execution produced; the bytes are fetched with the reader's token, never by an open address. */
export function ArtifactList({ artifacts }: { artifacts: Artifact[] }) {
  return (
    <ul class="artifacts">
      {artifacts.map((artifact) => (
        <Row key={artifact.id} artifact={artifact} />
      ))}
    </ul>
  )
}

function Row({ artifact }: { artifact: Artifact }) {
  const { api, format } = useTab()
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle')
  const id = artifact.download_id
  const load = async () => {
    if (id === null) return
    setState('busy')
    try {
      const { blob, name } = await api.download(paths.artifact(id), AbortSignal.timeout(600_000))
      saveFile(blob, name ?? artifact.name ?? artifact.id)
      setState('idle')
    } catch {
      setState('failed')
    }
  }
  const facts = [artifact.media_type, artifact.size === null ? null : format.bytes(artifact.size)]
  return (
    <li class="artifact">
      <Icon name="file" />
      <span class="artifact-main">
        <span class="artifact-name">{artifact.name ?? artifact.id}</span>
        <span class="faint">{facts.filter(Boolean).join(' · ')}</span>
      </span>
      {artifact.state === 'gone' ? (
        <span class="faint">{strings.artifactGone}</span>
      ) : id === null ? (
        <span class="faint">{strings.artifactReference}</span>
      ) : (
        <button type="button" class="button small" disabled={state === 'busy'} onClick={load}>
          <Icon name={state === 'failed' ? 'alert' : 'download'} size={14} />
          {state === 'busy'
            ? strings.downloading
            : state === 'failed'
              ? strings.downloadFailed
              : strings.download}
        </button>
      )}
    </li>
  )
}
