import { readChangelog } from './changelog.ts';

interface Release {
  /** The tag of the release: `v1.2.3`. */
  readonly tag: string;
  readonly changelog: string;
  /** The version that each manifest has, by its path. */
  readonly versions: Readonly<Record<string, string>>;
  /** The address below which the tag's files can be read; relative links of the changelog lead there. */
  readonly filesAt: string;
}

/**
 * Returns the notes of a release: the section of the changelog, with links that work outside of the repository.
 * @throws Error if the tag is not the version of every manifest, or the changelog does not have the version on top
 */
export function releaseNotes({ tag, changelog, versions, filesAt }: Release): string {
  for (const [path, version] of Object.entries(versions))
    if (tag !== `v${version}`) throw new Error(`The tag is ${tag}, but ${path} has version ${version}.`);
  const { unreleased, released } = readChangelog(changelog);
  const [newest] = released;
  if (newest === undefined || tag !== `v${newest.version}`)
    throw new Error(`The first version in CHANGELOG.md must be ${tag.slice(1)}: "## [${tag.slice(1)}] - …".`);
  if (unreleased !== '')
    throw new Error('CHANGELOG.md still has unreleased changes: move them below the version.');
  const base = filesAt.endsWith('/') ? filesAt : `${filesAt}/`;
  return `${newest.text.replaceAll(/\]\((?![a-z]+:|#)/g, `](${base}`)}\n`;
}
