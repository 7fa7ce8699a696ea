import { useState } from 'preact/hooks'
import type { Artifact } from '../../http/schemas/common.ts'
import { asFailure } from '../api/failure.ts'
import { paths } from '../api/paths.ts'
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
  const [state, setState] = useState<'idle' | 'busy' | 'failed' | 'gone'>('idle')
  const id = artifact.download_id
  const load = async () => {
    if (id === null) return
    setState('busy')
    try {
      const stop = AbortSignal.timeout(600_000)
      const { url } = await api.post<{ url: string }>(paths.artifactLink(id), {}, stop)
      // The link lives for a minute and opens these bytes alone: the browser saves them as they come.
      open(new URL(url, new URL(api.base || '/', location.href)))
      setState('idle')
    } catch (error) {
      setState(asFailure(error).kind === 'missing' ? 'gone' : 'failed')
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
      {artifact.state === 'gone' || state === 'gone' ? (
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

/** Follows a link that answers with an attachment: the page stays. */
function open(address: URL): void {
  const link = document.createElement('a')
  link.href = address.href
  link.rel = 'noopener noreferrer'
  link.download = ''
  link.click()
}
