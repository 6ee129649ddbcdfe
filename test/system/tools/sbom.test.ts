import { Version } from '@cyclonedx/cyclonedx-library/Spec';
import { JsonStrictValidator } from '@cyclonedx/cyclonedx-library/Validation';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { writeSbom } from '../../../tools/sbom/sbom.ts';
import { readLockFile } from '../../../tools/support/lock-file.ts';
import { shippedPackages } from '../../../tools/support/shipped-packages.ts';
import { projectCopy } from './project-copy.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const sbomSchema = z.object({
  metadata: z.object({
    component: z.object({ 'bom-ref': z.string(), name: z.string(), version: z.string() }),
  }),
  components: z.array(
    z.object({
      'bom-ref': z.string(),
      name: z.string(),
      version: z.string(),
      hashes: z.array(z.object({ alg: z.string(), content: z.string() })).default([]),
      licenses: z.array(z.object({ license: z.object({ id: z.string() }) })),
      purl: z.string(),
      externalReferences: z.array(z.object({ type: z.string(), url: z.string() })),
    }),
  ),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

const validator = new JsonStrictValidator(Version.v1dot6);

let project: Awaited<ReturnType<typeof projectCopy>>;
let text: string;
beforeAll(async () => {
  project = await projectCopy();
  const { exitCode, stdout, stderr } = await project.run('sbom');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^Wrote release\/sbom\.cdx\.json: \d+ packages\.\n$/);
  text = await project.read('release/sbom.cdx.json');
});
afterAll(() => project[Symbol.asyncDispose]());

describe('npm run sbom', () => {
  it("writes what CycloneDX's schema allows, and nothing else", async () => {
    expect(await validator.validate(text)).toBeNull();
  });

  it('has every shipped package with its version, licence, sources, and the digest in the lock file', async () => {
    const { components } = sbomSchema.parse(JSON.parse(text));
    const { packages } = shippedPackages(await readLockFile(root));
    expect(new Set(components.map(({ purl }) => purl)).size).toBe(components.length);
    expect(components.map(({ name, version }) => `${name}@${version}`)).toEqual([
      ...new Set(packages.map(({ name, version }) => `${name}@${version}`)),
    ]);
    for (const { name, version, hashes } of components) {
      const locked = packages.find((shipped) => shipped.name === name && shipped.version === version)?.locked;
      const digests = hashes.map(
        ({ alg, content }) =>
          `${alg.replace('SHA-', 'sha')}-${Buffer.from(content, 'hex').toString('base64')}`,
      );
      expect(digests.join(' ')).toBe(locked?.integrity ?? '');
    }
    const redlock = components.find(({ name }) => name === '@sesamecare-oss/redlock');
    expect(redlock).toMatchObject({
      purl: `pkg:npm/%40sesamecare-oss/redlock@${redlock?.version ?? ''}`,
      licenses: [{ license: { id: 'MIT' } }],
      externalReferences: [{ type: 'vcs', url: 'https://github.com/sesamecare/redlock' }],
    });
  });

  it('says which package needs which, from our own on, and leaves none out', () => {
    const { metadata, components, dependencies } = sbomSchema.parse(JSON.parse(text));
    const needs = new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const reached = new Set<string>();
    const pending = [metadata.component['bom-ref']];
    for (let ref = pending.pop(); ref !== undefined; ref = pending.pop()) {
      if (reached.has(ref)) continue;
      reached.add(ref);
      pending.push(...(needs.get(ref) ?? ['a reference that leads nowhere']));
    }
    expect([...reached].sort()).toEqual(
      [metadata.component, ...components].map((component) => component['bom-ref']).sort(),
    );
  });

  it('writes the same bytes again', async () => {
    await project.run('sbom');
    expect(await project.read('release/sbom.cdx.json')).toBe(text);
  });
});

describe('a bill of materials', () => {
  it('is valid, too, for a licence that SPDX does not know, none, two digests and one version at two paths', async () => {
    const blank = { dependencies: {}, devDependencies: {}, optionalDependencies: {}, peerDependencies: {} };
    const known = {
      ...{
        name: 'a',
        version: '1.0.0',
        path: 'node_modules/a',
        needs: [],
        repository: 'https://example.com/a',
      },
      locked: {
        ...blank,
        link: false,
        peerDependenciesMeta: {},
        integrity: 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA= sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
      },
      licence: 'SEE LICENSE IN a.txt',
    };
    const packages = [
      known,
      { ...known, path: 'node_modules/b/node_modules/a', needs: ['node_modules/b'] },
      { ...known, name: '@b/b', path: 'node_modules/b', licence: null },
    ];
    const written = writeSbom({ version: '1.0.0', packages, needs: ['node_modules/a'] });
    expect(await validator.validate(written)).toBeNull();
    expect(JSON.parse(written)).toMatchObject({
      components: [
        { name: 'a', licenses: [{ license: { name: 'SEE LICENSE IN a.txt' } }] },
        { name: '@b/b' },
      ],
      dependencies: [
        { ref: 'pkg:npm/turnkeeper@1.0.0', dependsOn: ['pkg:npm/a@1.0.0'] },
        { ref: 'pkg:npm/a@1.0.0', dependsOn: ['pkg:npm/%40b/b@1.0.0'] },
        { ref: 'pkg:npm/%40b/b@1.0.0', dependsOn: [] },
      ],
    });
  });
});
