import { contextFromStored, type StoredContext } from '../contexts.ts'
import { addTo, nothingFound, scrubOf, type Work } from './work.ts'

/** Rows that are read at once. */
const BATCH = 500

/**
 * Deletes the pairs of resource and scope that hold something and that no span refers to any more. To be called when
 * the spans are done. A pair that a span outside of the time asked for refers to stays, as that span does.
 */
export async function removeContexts(work: Work): Promise<void> {
  for (const realm of work.scrubs.keys()) {
    let after: Buffer = Buffer.alloc(0)
    for (;;) {
      const { rows } = await work.client.query<{ hash: Buffer; body: StoredContext }>(
        'select hash, body from contexts where realm = $1 and hash > $2 order by hash limit $3',
        [realm, after, BATCH],
      )
      const found = nothingFound()
      found.seen = rows.length
      const scrub = scrubOf(work, realm)
      const hit = rows.filter(({ body }) => {
        const { resource, scope } = contextFromStored(body)
        return scrub.hits(resource, scope)
      })
      if (hit.length > 0)
        found.changed = await removeLoose(
          work,
          realm,
          hit.map(({ hash }) => hash),
        )
      addTo(work.report, 'contexts', found)
      if (rows.length < BATCH) break
      after = rows.at(-1)?.hash ?? after
    }
  }
}

async function removeLoose(
  { client, dryRun }: Work,
  realm: number,
  hashes: readonly Buffer[],
): Promise<number> {
  // in a dry run every span is still there
  if (dryRun) return hashes.length
  const { rows } = await client.query<{ hash: string }>(
    `select distinct encode(context, 'hex') as hash from spans where realm = $1 and context = any($2)`,
    [realm, hashes],
  )
  const used = new Set(rows.map(({ hash }) => hash))
  const loose = hashes.filter((hash) => !used.has(hash.toString('hex')))
  const { rowCount } = await client.query('delete from contexts where realm = $1 and hash = any($2)', [
    realm,
    loose,
  ])
  return rowCount ?? 0
}
