import { loadConfig } from '../config.ts'
import { limits } from '../limits.ts'
import { Revocations } from '../store/revocations.ts'
import { UsageError } from './command.ts'
import { withDatabase } from './database.ts'

/** `token revoke <jti>`: refuses a token before it expires, in every running service within seconds. */
export async function revokeToken([jti, ...more]: string[]): Promise<void> {
  if (jti === undefined || jti === '' || jti.length > limits.maxIdLength || more.length > 0) {
    throw new UsageError('workflow-trace token revoke JTI (the claim jti of the token)')
  }
  if (/^eyJ.*\..*\./.test(jti)) {
    throw new UsageError(
      'give the claim jti of the token, not the token: command lines can be read by others',
    )
  }
  const config = loadConfig({ keysNeeded: false })
  await withDatabase(config, (database) => new Revocations(database.work).revoke(jti))
  process.stdout.write('revoked; running services refuse it within seconds\n')
}
