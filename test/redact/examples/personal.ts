import { type Examples, within } from './fake.ts'

/** For every rule of src/redact/rules/personal.ts: numbers reserved for examples and documentation. */
export const personalExamples: Record<string, Examples> = {
  email: {
    true: [
      within('write to ', 'ada.lovelace+x@mail.example.com', '.'),
      within('', 'jürgen@müller.example'),
      within('q=', 'a%40example.org'),
    ],
    false: ['git@github.com:a/b.git', 'logo@2x.png', '@scope/package', 'user@host', 'a @ b'],
  },
  iban: {
    true: [within('IBAN ', 'DE89 3704 0044 0532 0130 00', '.'), within('', 'GB29NWBK60161331926819')],
    false: ['DE89 3704 0044 0532 0130 01', 'AB12 3456 7890 1234', 'HTTP2 1234 5678'],
  },
  card: {
    true: [
      within('card ', '4111 1111 1111 1111', ' ok'),
      within('', '378282246310005'),
      within('', '5555-5555-5555-4444'),
    ],
    false: ['4111 1111 1111 1112', '1795344848650939380', '1234567890123456', 'id 0004111111111111111'],
  },
  'us-ssn': {
    true: [within('ssn ', '123-45-6789', ','), within('SSN: ', '123 45 6789')],
    false: ['000-12-3456', '666-12-3456', '123-00-4567', '2026-11-22', '1123-45-67890'],
  },
  'uk-nino': {
    true: [within('', 'AB123456C'), within('NI ', 'AB 12 34 56 C', '.')],
    false: ['GB123456C', 'AB123456E', 'DF123456C', 'AB1234567'],
  },
  'uk-nhs': {
    true: [within('', '943 476 5919'), within('NHS number ', '9434765919')],
    false: ['943 476 5918', '9434765919'],
  },
  'de-tax-id': {
    true: [within('Steuer-ID ', '86095742719'), within('', '86 095 742 719')],
    false: ['86095742718', '12345678901', '11111111111'],
  },
  phone: {
    true: [
      within('call ', '+49 171 1234567', ' now'),
      within('', '+442079460958'),
      within('', '(415) 555-2671'),
      within('', '415-555-2671'),
      within('Tel: ', '030 1234567'),
      within('my phone number is ', '07700 900123'),
    ],
    false: [
      '1795344848650939380',
      '2026-11-22T12:00:00.123456789Z',
      '2026-11-22 12:00',
      '10.0.0.1',
      'version 1.22.333.4444',
      'took 1234567 ms',
      '3.14159265358979',
      '1,234,567,890',
      '5 + 1234567',
    ],
  },
  ipv4: {
    true: [
      within('from ', '203.0.113.7', ' and'),
      within('', '198.51.100.200', ':8080'),
      within('at ', '192.0.2.1', '.'),
    ],
    false: ['1.2.3', 'v1.2.3.4', 'version 1.2.3.4', '127.0.0.1', '256.1.1.1', '1.2.3.4.5', '1.2.3.4-beta'],
  },
  ipv6: {
    true: [within('from ', '2001:db8::8a2e:370:7334', ' ok'), within('[', '2001:db8:0:1:2:3:4:5', ']:443')],
    false: ['12:30:45', '::1', 'std::vector', 'a::b::c', 'dead:beef', 'urn:nbn:de'],
  },
}
