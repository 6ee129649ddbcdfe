import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readChangelog } from '../../../tools/release-notes/changelog.ts';
import { releaseNotes } from '../../../tools/release-notes/release-notes.ts';
import { projectCopy } from './project-copy.ts';

const changelog = `# Changelog

About this page.

## [Unreleased]

## [0.2.0] - 2026-12-31

### Added

- A thing ([docs](docs/thing.md#how), [elsewhere](https://example.com/), [here](#changelog)).

## [0.1.0] - 2026-12-01

### Fixed

- Another thing.
`;
const release = {
  tag: 'v0.2.0',
  changelog,
  versions: { 'package.json': '0.2.0', 'client-sdk/package.json': '0.2.0' },
  filesAt: 'https://example.com/blob/v0.2.0',
};
const manifests = ['package.json', 'client-sdk/package.json', 'apps/chat/package.json'];

describe('the notes of a release', () => {
  it('are the section of its version, with links that work elsewhere', () => {
    expect(releaseNotes(release)).toBe(
      '### Added\n\n- A thing ([docs](https://example.com/blob/v0.2.0/docs/thing.md#how), ' +
        '[elsewhere](https://example.com/), [here](#changelog)).\n',
    );
  });

  it.each([
    [
      'a tag that a manifest does not have',
      { versions: { 'client-sdk/package.json': '0.1.0' } },
      'client-sdk/package.json has version 0.1.0',
    ],
    [
      'a version that is not on top',
      { tag: 'v0.1.0', versions: {} },
      'The first version in CHANGELOG.md must be 0.1.0',
    ],
    [
      'a changelog without a version',
      { changelog: '# Changelog\n\n## [Unreleased]\n' },
      'The first version in CHANGELOG.md must be 0.2.0',
    ],
    [
      'changes that no version has',
      { changelog: changelog.replace('[Unreleased]', '[Unreleased]\n\n### Fixed\n\n- It.') },
      'still has unreleased changes',
    ],
  ])('are refused for %s', (_what, change, fault) => {
    expect(() => releaseNotes({ ...release, ...change })).toThrow(fault);
  });

  it('are written by the command that the release runs, once this project is ready for it', async () => {
    await using project = await projectCopy();
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(await project.read('package.json')));
    const run = () => project.run('release-notes', `v${version}`, 'https://example.com/');
    // Every commit but that of a release has changes that no version has.
    await project.write(
      'CHANGELOG.md',
      changelog.replace('[Unreleased]', '[Unreleased]\n\n### Fixed\n\n- It.'),
    );
    const refused = await run();
    expect(refused.exitCode).not.toBe(0);
    await project.write('CHANGELOG.md', changelog.replaceAll('0.2.0', version));
    expect(await run()).toMatchObject({ exitCode: 0, stderr: '', stdout: 'Wrote release/notes.md.\n' });
    expect(await project.read('release/notes.md')).toContain('(https://example.com/docs/thing.md#how)');
  });
});

describe('a changelog', () => {
  it('is read by version, the newest first', () => {
    const { unreleased, released } = readChangelog(changelog);
    expect(unreleased).toBe('');
    expect(released.map(({ version, date }) => [version, date])).toEqual([
      ['0.2.0', '2026-12-31'],
      ['0.1.0', '2026-12-01'],
    ]);
  });

  it.each([
    ['another title', '# Changes\n', 'must begin with "# Changelog"'],
    ['no unreleased section', '# Changelog\n\n## [1.0.0] - 2026-12-31\n', 'must be "## [Unreleased]"'],
    [
      'a version without a date',
      '# Changelog\n\n## [Unreleased]\n\n## [1.0.0]\n',
      '"## [1.0.0]" must be like',
    ],
    [
      'an unknown kind of change',
      '# Changelog\n\n## [Unreleased]\n\n### News\n',
      'must be one of Added, Changed',
    ],
    ['changes of no kind', '# Changelog\n\n## [Unreleased]\n\n- It.\n', 'must begin with a kind of change'],
  ])('is refused for %s', (_what, text, fault) => {
    expect(() => readChangelog(text)).toThrow(fault);
  });
});

describe("this project's changelog", () => {
  it('has the form of Keep a Changelog', async () => {
    const text = await readFile(new URL('../../../CHANGELOG.md', import.meta.url), 'utf8');
    expect(() => readChangelog(text)).not.toThrow();
  });
});

describe("this project's manifests", () => {
  it('have one version, and the licence of the file LICENSE', async () => {
    const facts = z.object({ version: z.string(), license: z.string() });
    const all = await Promise.all(
      manifests.map(async (path) =>
        facts.parse(JSON.parse(await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8'))),
      ),
    );
    expect(new Set(all.map(({ version, license }) => `${version} ${license}`)).size).toBe(1);
    const licence = await readFile(new URL('../../../LICENSE', import.meta.url), 'utf8');
    expect(licence.startsWith(`${all[0]?.license ?? ''} License\n`)).toBe(true);
  });
});
