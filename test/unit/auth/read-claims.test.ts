import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readClaims } from '../../../server/auth/read-claims.ts';
import type { ClaimMapping } from '../../../server/auth/read-claims.ts';

const mapping: ClaimMapping = {
  tenant: { kind: 'claim', path: ['tid'] },
  allowedTenants: null,
  user: ['sub'],
  roles: {
    path: ['realm_access', 'roles'],
    roleOf: new Map([
      ['App.User', 'user'],
      ['App.Service', 'service'],
    ]),
  },
};
const caller = { kind: 'caller', tenant: 'contoso', subject: 'dana' };

describe('claims', () => {
  it.each<[string, unknown, Partial<ClaimMapping>, object]>([
    ['a tenant claim', { tid: 'contoso', sub: 'dana' }, { roles: null }, { ...caller, roles: ['user'] }],
    [
      'a nested tenant',
      { org: { id: 'contoso' }, sub: 'dana' },
      { tenant: { kind: 'claim', path: ['org', 'id'] }, roles: null },
      caller,
    ],
    [
      'a tenant under a URL',
      { 'https://example.com/tenant': 'contoso', sub: 'dana' },
      { tenant: { kind: 'claim', path: ['https://example.com/tenant'] } },
      caller,
    ],
    [
      'a fixed tenant',
      { tid: 'fabrikam', sub: 'dana' },
      { tenant: { kind: 'fixed', name: 'contoso' } },
      caller,
    ],
    ['another user claim', { tid: 'contoso', sub: 'x', oid: 'dana' }, { user: ['oid'] }, caller],
    ['an allowed tenant', { tid: 'contoso', sub: 'dana' }, { allowedTenants: ['contoso'] }, caller],
    [
      'a tenant that is not allowed',
      { tid: 'Contoso', sub: 'dana' },
      { allowedTenants: ['contoso'] },
      { kind: 'tenant-not-allowed' },
    ],
    ['no tenant', { sub: 'dana' }, {}, { kind: 'no-tenant' }],
    ['an empty tenant', { tid: '', sub: 'dana' }, {}, { kind: 'no-tenant' }],
    ['a tenant of too many characters', { tid: 'x'.repeat(129), sub: 'dana' }, {}, { kind: 'no-tenant' }],
    ['a number as the user', { tid: 'contoso', sub: 7 }, {}, { kind: 'no-user' }],
    [
      'an inherited name',
      { sub: 'dana' },
      { tenant: { kind: 'claim', path: ['constructor', 'name'] } },
      { kind: 'no-tenant' },
    ],
  ])('%s', (_case, claims, changes, expected) => {
    expect(readClaims(claims, { ...mapping, ...changes })).toMatchObject(expected);
  });

  it.each<[unknown, string[]]>([
    [['App.User'], ['user']],
    [
      ['App.User', 'App.Service', 'App.User', 'offline_access'],
      ['user', 'service'],
    ],
    ['App.Service other', ['service']],
    [['service', 'admin'], []],
    [[['App.User'], { 'App.User': true }, null], []],
    [undefined, []],
    [{ 'App.User': true }, []],
  ])('with the roles %j', (roles, expected) => {
    const claims = { tid: 'contoso', sub: 'dana', realm_access: { roles } };
    expect(readClaims(claims, mapping)).toMatchObject({ ...caller, roles: expected });
  });

  it('of any form are read without an error, and never into a tenant or a role that they do not name', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (tid, sub, roles) => {
        const read = readClaims(
          { tid, sub, realm_access: roles },
          { ...mapping, allowedTenants: ['contoso'] },
        );
        if (read.kind !== 'caller') return;
        expect([read.tenant, read.subject]).toEqual([tid, sub]);
        expect(read.tenant).toBe('contoso');
        expect(
          read.roles.every((role) =>
            JSON.stringify(roles).includes(role === 'user' ? 'App.User' : 'App.Service'),
          ),
        ).toBe(true);
      }),
    );
  });
});
