import fc from 'fast-check'
import t from 'tap'
import { type ClaimRules, principalOf } from '../../src/access/claims.ts'
import type { Scope } from '../../src/model/principal.ts'

const rules: ClaimRules = {
  names: { workspace: 'workspace', workflows: 'workflows', scope: 'scope', roles: 'roles' },
  workspace: null,
  workspaces: ['*'],
  roles: new Map<string, Scope[]>([['viewer', ['traces:read', 'content:read']]]),
}
const read = (claims: unknown, over: Partial<ClaimRules> = {}) => principalOf(claims, { ...rules, ...over })

t.test('claims become rights', async (t) => {
  const principal = read({
    sub: 'runner-1',
    workspace: 'acme',
    workflows: ['b', 'a*', 'b', 'ab'],
    scope: 'traces:read  traces:write unknown:thing',
  })
  t.equal(principal?.subject, 'runner-1')
  t.equal(principal?.workspace, 'acme')
  t.strictSame(principal?.workflows, ['a*', 'b'])
  t.strictSame([...(principal?.scopes ?? [])].sort(), ['traces:read', 'traces:write'])
})

t.test('shapes of single claims', async (t) => {
  const table: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['no workspace is the default one', {}, { workspace: 'default' }],
    ['no workflows are none', {}, { workflows: [] }],
    ['a string is one entry, commas and spaces included', { workflows: 'a, b' }, { workflows: ['a, b'] }],
    ['a list with one odd entry is none', { workflows: ['a', 7] }, { workflows: [] }],
    ['null is none', { workflows: null }, { workflows: [] }],
    ['an object is none', { workflows: { a: true } }, { workflows: [] }],
    ['true is none', { workflows: true }, { workflows: [] }],
    ['an empty entry is none', { workflows: [''] }, { workflows: [] }],
    ['an endless entry is none', { workflows: ['x'.repeat(257)] }, { workflows: [] }],
    ['a NUL is none', { workflows: ['a\0'] }, { workflows: [] }],
    ['half a character is none', { workflows: ['a\ud800'] }, { workflows: [] }],
  ]
  for (const [name, claims, expected] of table) t.match(read({ sub: 's', ...claims }), expected, name)
})

t.test('scopes: string, array, roles', async (t) => {
  const scopes = (claims: Record<string, unknown>) =>
    [...(read({ sub: 's', ...claims })?.scopes ?? [])].sort()
  t.strictSame(scopes({ scope: ['traces:write', 'admin'] }), ['admin', 'traces:write'])
  t.strictSame(scopes({ scope: [['traces:write']] }), [])
  t.strictSame(scopes({ scope: 7 }), [])
  t.strictSame(scopes({ scope: { 'traces:read': true } }), [])
  t.strictSame(scopes({ scope: 'TRACES:READ' }), [])
  t.strictSame(scopes({ roles: ['viewer', 'constructor', '__proto__'] }), ['content:read', 'traces:read'])
  t.strictSame(scopes({ roles: 'viewer', scope: 'traces:delete' }), [
    'content:read',
    'traces:delete',
    'traces:read',
  ])
})

t.test('a workspace that is no name gives no rights anywhere', async (t) => {
  for (const workspace of [7, '', null, ['acme'], 'x'.repeat(300), 'a\0b']) {
    const principal = read({ sub: 's', workspace, workflows: '*', scope: 'traces:read' })
    t.strictSame([...(principal?.scopes ?? ['?'])], [], JSON.stringify(workspace))
    t.strictSame(principal?.workflows, [])
  }
})

t.test('the workspace rule of an issuer', async (t) => {
  const claims = { sub: 's', workspace: 'other', workflows: '*', scope: 'traces:read' }
  t.equal(read(claims, { workspace: 'acme' })?.workspace, 'acme', 'fixed')
  t.equal(read(claims, { workspaces: ['acme', 'team-*'] })?.scopes.size, 0, 'not in the list')
  t.equal(read({ ...claims, workspace: 'team-a' }, { workspaces: ['acme', 'team-*'] })?.workspace, 'team-a')
  t.equal(
    read({ ...claims, workspace: undefined }, { workspaces: ['acme'] })?.scopes.size,
    0,
    'default is not in it',
  )
})

t.test('claim names: as they are, else as a path', async (t) => {
  const names = { ...rules.names, workspace: 'https://acme.example/ws', roles: 'realm_access.roles' }
  const claims = { sub: 's', 'https://acme.example/ws': 'acme', realm_access: { roles: ['viewer'] } }
  t.equal(read(claims, { names })?.workspace, 'acme')
  t.equal(read(claims, { names })?.scopes.has('traces:read'), true)
  t.equal(read({ sub: 's' }, { names: { ...names, roles: 'constructor.name' } })?.scopes.size, 0)
})

t.test('without a usable subject it is nobody', async (t) => {
  for (const claims of [null, 'x', 7, [], {}, { sub: 7 }, { sub: '' }, { sub: ['a'] }])
    t.equal(read(claims), null)
})

t.test('it never throws, and gives rights only in known shapes', async (t) => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), fc.anything(), (workspace, workflows, scope) => {
      const principal = read({ sub: 's', workspace, workflows, scope })
      return principal?.workflows.every((pattern) => typeof pattern === 'string') === true
    }),
  )
  t.pass('held')
})
