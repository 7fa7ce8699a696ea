import { signId } from '../access/signed-id.ts'
import { StoreUnavailable } from '../errors.ts'
import { limits } from '../limits.ts'
import type { Principal } from '../model/principal.ts'
import type { FoundExecution } from '../store/find-execution.ts'
import type { Store } from '../store/index.ts'
import type { Parts } from './parts.ts'
import type { ArtifactView } from './present/artifact-view.ts'

/** What this reader sees of the artifacts of an execution that it may see. */
export async function readArtifacts(
  { config, store, now }: Parts,
  principal: Principal,
  found: FoundExecution,
): Promise<ArtifactView> {
  const { execution, traceIds } = found
  const mayDownload = principal.scopes.has('artifacts:read')
  if (!found.uploads) return { uploads: new Map(), mayDownload, sign: null }
  const uploads = await store.artifacts.ofExecution(principal, execution, traceIds)
  let sign: ArtifactView['sign'] = null
  if (config.signArtifactIds && mayDownload && uploads.size > 0) {
    const key = await signingKey(store)
    sign = (id) => signId(key, id, now() + limits.signedArtifactIdMs)
  }
  return { uploads, mayDownload, sign }
}

const keys = new WeakMap<Pick<Store, 'key'>, Promise<Buffer>>()

/** The key of signed artifact ids: the same in every process, read once. Rejects with `StoreUnavailable`. */
export function signingKey(store: Pick<Store, 'key'>): Promise<Buffer> {
  let key = keys.get(store)
  if (key === undefined) {
    key = store.key('', 'artifact ids').catch(() => {
      keys.delete(store)
      throw new StoreUnavailable()
    })
    keys.set(store, key)
  }
  return key
}
