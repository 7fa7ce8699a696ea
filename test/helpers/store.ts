import type { Principal, Scope } from '../../src/model/principal.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { silent, testDatabase } from './database.ts'

/** A store on a database of the test's own. */
export async function testStore(t: { teardown(clean: () => Promise<void>): void }) {
  const database = await testDatabase(t)
  const store: Store = await openStore({
    url: database.url,
    log: silent,
    redactionVersion: 1,
    retentionDays: null,
  })
  t.teardown(() => store.close())
  return { store, database }
}

/** A reader of every workflow of a workspace, or of some. */
export const reader = (workflows: string[] = ['*'], workspace = 'default'): Principal => ({
  subject: 'reader',
  workspace,
  workflows,
  scopes: new Set<Scope>(['traces:read', 'content:read']),
})
