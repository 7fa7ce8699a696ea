import { normalizeKey } from '../key-words.ts'

/**
 * Which names of attributes, headers and JSON members say that their value is a secret.
 *
 * Names are compared as words (`openai.apiKey` = openai, api, key) and only at the end of the name, because a
 * search for "token" anywhere would eat `gen_ai.usage.output_tokens`.
 */

/** Last words of a name → the rule that its value falls under. The value is removed whatever it looks like. */
const strong: Record<string, readonly string[]> = {
  password: [
    'password',
    'passwords',
    'passwd',
    'passwort',
    'pwd',
    'passphrase',
    'passphrases',
    'pass_phrase',
    'seed_phrase',
    'recovery_phrase',
    'recovery_code',
    'recovery_codes',
    'backup_codes',
    'pgpassword',
    'db_pass',
    'db_password',
    ...[
      'smtp_pass',
      'mail_pass',
      'ssh_pass',
      'become_pass',
      'sudo_pass',
      'admin_pass',
      'root_pass',
      'user_pass',
    ],
    ...['default_pass', 'redis_pass', 'mysql_pass', 'store_pass', 'storepass', 'key_pass', 'keypass'],
  ],
  secret: [
    ...[
      'secret',
      'secrets',
      'client_secret',
      'clientsecret',
      'app_secret',
      'shared_secret',
      'secret_key',
      'secretkey',
    ],
    ...[
      'secret_access_key',
      'webhook_secret',
      'signing_secret',
      'totp_secret',
      'secret_value',
      'secret_string',
      'secret_keys',
      'secret_key_base',
    ],
  ],
  'api-key': [
    'api_key',
    'apikey',
    'api_keys',
    'api_secret',
    'apisecret',
    'app_key',
    'subscription_key',
    'api_token',
    'apitoken',
  ],
  'access-token': [
    ...[
      'access_token',
      'accesstoken',
      'refresh_token',
      'refreshtoken',
      'id_token',
      'auth_token',
      'authtoken',
    ],
    ...[
      'session_token',
      'security_token',
      'bearer_token',
      'bot_token',
      'oauth_token',
      'personal_access_token',
    ],
    ...[
      'private_token',
      'deploy_token',
      'csrf_token',
      'xsrf_token',
      'jwt',
      'jwt_token',
      'client_assertion',
      'sas_token',
    ],
  ],
  authorization: ['authorization', 'x_authorization', 'x_auth', 'proxy_authorization', 'auth_header'],
  cookie: [
    'cookie',
    'cookies',
    'set_cookie',
    'session_cookie',
    'sessionid',
    'phpsessid',
    'jsessionid',
    'connect_sid',
  ],
  'private-key': [
    'private_key',
    'private_keys',
    'privatekey',
    'ssh_key',
    'signing_key',
    'encryption_key',
    'encryption_keys',
    'master_key',
    'pem_key',
  ],
  'access-key': ['account_key', 'access_key', 'accesskey', 'shared_access_key', 'storage_key'],
  credential: [
    'credential',
    'credentials',
    'service_account_key',
    'service_account_json',
    'connection_string',
    'conn_str',
  ],
  'card-code': ['cvv', 'cvv2', 'cvc', 'card_security_code'],
}

/** Names whose value may be harmless (`next_page_token`, a streamed `token`): removed only if it looks random. */
const weak = new Map<string, string>(
  [
    ...['token', 'auth', 'session_key', 'sid', 'passcode', 'pass', 'otp', 'signature', 'nonce'],
    ...['access_tokens', 'refresh_tokens', 'auth_tokens', 'api_tokens'],
  ].map((name) => [name, 'token']),
)
// No header is spelled so: it is the bank's, the doctor's or the manager's word as often.
weak.set('authorisation', 'authorization')

/** Ends of a name that do not change what its value is: `password_confirmation`, `password2`, `cookie.0`, `secret.value`. */
const MODIFIERS = ['value', 'confirmation', 'confirm', 'repeat', 'again', 'verify', 'hash', 'digest'] as const
const modifier = new RegExp(`_?\\d{1,3}$|_(?:${MODIFIERS.join('|')})$`)

/** Never removed by name, whatever they end with. */
const exempt =
  /^(?:gen_ai_usage|llm_token_count|orcheo_token|ai_usage)_|(?:^|_)(?:next|page|continuation|cursor|eos|bos|pad|unk|stop|special|start|end|mask|sep|cls)_token$|(?:^|_)existing_secret$/

const rules = new Map<string, string>()
for (const [rule, names] of Object.entries(strong)) for (const name of names) rules.set(name, rule)

/** Every end of a name that says something, normalized: without it, a text is not searched for its name. */
export const keyTails: readonly string[] = [...rules.keys(), ...weak.keys(), ...MODIFIERS]

/** Names for the prefilter: what texts are searched for before their assignments are read. */
export const keyWords: readonly string[] = [
  ...[
    'password',
    'passwd',
    'passwort',
    'pwd',
    'passphrase',
    'pass_phrase',
    'seed_phrase',
    'seedphrase',
    'seed-phrase',
    'recovery_phrase',
    'recoveryphrase',
    'recovery-phrase',
    'recovery_code',
    'recoverycode',
    'recovery-code',
    'backup_codes',
    'backupcodes',
    'backup-codes',
    'secret',
    'apikey',
    'api_key',
    'api-key',
  ],
  ...[
    'api key',
    'apisecret',
    'app_key',
    'app-key',
    'appkey',
    'subscription_key',
    'subscription-key',
    'subscriptionkey',
  ],
  ...[
    'token',
    'jwt',
    'client_assertion',
    'clientassertion',
    'authorization',
    'authorisation',
    'x-auth',
    'auth_header',
  ],
  ...[
    'authheader',
    'cookie',
    'sessionid',
    'phpsessid',
    'connect.sid',
    'private_key',
    'privatekey',
    'private-key',
  ],
  ...[
    'ssh_key',
    'sshkey',
    'ssh-key',
    'signing_key',
    'signingkey',
    'signing-key',
    'encryption_key',
    'encryptionkey',
  ],
  ...[
    'encryption-key',
    'master_key',
    'masterkey',
    'master-key',
    'pem_key',
    'account_key',
    'accountkey',
    'access_key',
  ],
  ...[
    'accesskey',
    'access-key',
    'storage_key',
    'storagekey',
    'credential',
    'service_account_key',
    'service_account_json',
  ],
  ...[
    'connection_string',
    'connectionstring',
    'conn_str',
    'connstr',
    'cvv',
    'cvc',
    'card_security_code',
    'passcode',
  ],
]

/** Further ones, which base64 is not searched for: of four and five letters it would hold them by chance too often. */
export const plainKeyWords: readonly string[] = ['pass', 'value']

export interface KeyVerdict {
  rule: string
  /** False = remove only a value that looks random. */
  strong: boolean
}

/** What is known of an attribute's name. */
export interface JudgedKey {
  verdict: KeyVerdict | null
  /** Only rules for secrets apply to its value. */
  allowed: boolean
}

/** What a name says about its value; null = nothing. `own` are names of the configuration, normalized. */
export function judgeKey(key: string, own?: ReadonlyMap<string, string>): KeyVerdict | null {
  const name = normalizeKey(key.length > 256 ? key.slice(-256) : key)
  const custom = own?.get(name)
  if (custom !== undefined) return { rule: custom, strong: true }
  if (exempt.test(name)) return null
  const end = name.length - (modifier.exec(name)?.[0].length ?? 0)
  const words = end === name.length ? name : name.slice(0, end)
  // The last four words, three, two, one.
  const starts: number[] = []
  for (let at = end; starts.length < 4 && at > 0; ) {
    at = words.lastIndexOf('_', at - 1)
    starts.push(at + 1)
  }
  while (starts.length > 0) {
    const tail = words.slice(starts.pop())
    const rule = rules.get(tail) ?? own?.get(tail)
    if (rule !== undefined) return { rule, strong: true }
    const perhaps = weak.get(tail)
    if (perhaps !== undefined) return { rule: perhaps, strong: false }
  }
  return null
}

/** Words of a JSON Schema: `"password": {"type": "string"}` describes a secret and holds none. */
const schemaWord =
  /^(?:type|title|description|format|minLength|maxLength|nullable|anyOf|oneOf|writeOnly|readOnly)$/

const schemaType = /^(?:string|number|integer|boolean|object|array|null)$/

/** True when the members of an object are those of a JSON Schema, and its types are of those that there are. */
export function isSchema(members: readonly string[], types: readonly unknown[]): boolean {
  return (
    types.length > 0 &&
    types.every((type) => typeof type === 'string' && schemaType.test(type)) &&
    members.every((member) => schemaWord.test(member))
  )
}
