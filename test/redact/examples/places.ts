import { alnum, type Examples, hex, within } from './fake.ts'

const code = alnum(22, 4)
const pass = alnum(14, 6)
const key = alnum(40, 8)

/** For every rule of src/redact/rules/places.ts. */
export const placeExamples: Record<string, Examples> = {
  'oauth-code': {
    true: [
      within('https://app.example/callback?code=', code, '&state=xyz'),
      within('https://app.example/login?state=xyz&code=', code),
      within('GET /oauth2/done?code=', `4/0${code}-x_y`, '&scope=email HTTP/1.1'),
      within(
        '{"url":"https://app.example/cb?session_state=a&code=',
        `${hex(8)}-${hex(4)}.${hex(8, 2)}`,
        '"}',
      ),
      within('https://login.example/redirect?code=', code),
    ],
    false: [
      `https://shop.example/?code=${code}`,
      'https://app.example/callback?code=SPRINGSALE',
      'https://app.example/callback?code=200&state=x',
      'https://app.example/callback?error_code=temporarily_unavailable_17',
      'https://app.example/callback?code=YOUR_AUTHORIZATION_CODE&state=x',
      `exit code=${code} of the oauth helper`,
      `oauth: see https://shop.example/?code=${code}`,
    ],
  },
  'dsn-password': {
    true: [
      within('shop:', pass, '@tcp(127.0.0.1:3306)/shop?parseTime=true'),
      within('DB_DSN=root:', pass, '@tcp(db:3306)/shop'),
      within('sql.Open("mysql", "app:', pass, '@unix(/run/mysqld.sock)/shop")'),
      within('{"dsn":"app:', `${pass}@:x`, '@tcp6([::1]:3306)/shop"}'),
      within('a user_name:', 'correcthorse', '@tcp(db:3306)/'),
    ],
    false: [
      'username:password-less@udp(host)',
      `\${DB_USER}:\${DB_PASSWORD}@tcp(\${DB_HOST}:3306)/shop`,
      'fmt.Sprintf("%s:%s@tcp(%s:3306)/%s", user, pass, host, name)',
      '<user>:<password>@tcp(<host>:3306)/<name>',
      'username:$PASSWORD@tcp(127.0.0.1:3306)/shop',
      'application_user@tcp(127.0.0.1:3306)/shop',
    ],
  },
  'xml-secret': {
    true: [
      within('<apiKey>', key, '</apiKey>'),
      within('<ns:ClientSecret>\n  ', key, '\n</ns:ClientSecret>'),
      within('<SecretAccessKey>', `${alnum(20, 2)}/${alnum(19, 3)}`, '</SecretAccessKey>'),
      within('{"body":"<a:apiKey>\\n\\t', key, '\\n</a:apiKey>"}'),
      within('{"body":"<config><access_token>', key, '<\\/access_token></config>"}'),
      within('<auth-token>', `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`, '</auth-token>'),
    ],
    false: [
      `<NextContinuationToken>${key}=</NextContinuationToken>`,
      `<nextPageToken>${key}</nextPageToken>`,
      `<SyncToken>${key}</SyncToken>`,
      `<publicKey>${key}</publicKey>`,
      `<PublicAccessKey>${key}</PublicAccessKey>`,
      '<apiKey>the_key_that_was_given_to_you_by_us</apiKey>',
      '<token>a sentence about tokens that is long enough</token>',
      `<key>${key}</key>`,
      `a->token>${key}</x>`,
    ],
  },
}
