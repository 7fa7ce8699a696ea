import type { Upload } from '../../store/artifacts.ts'

/** What one reader sees of the artifacts of an execution. */
export interface ArtifactView {
  /** Whose bytes came, by artifact id. */
  uploads: ReadonlyMap<string, Upload>
  /** The token has artifacts:read. */
  mayDownload: boolean
  /** A download id that needs no token for a while; null = ids are not signed for this reader. */
  sign: ((downloadId: string) => string) | null
}

/** For answers that know of no uploads. */
export const NO_UPLOADS: ArtifactView = { uploads: new Map(), mayDownload: false, sign: null }
