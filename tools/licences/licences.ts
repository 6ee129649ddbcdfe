import { isAllowed } from '../support/allowed-licences.ts';
import type { PackageFacts } from '../support/package-facts.ts';
import type { ShippedPackage } from '../support/shipped-packages.ts';

export type LicencedPackage = Pick<ShippedPackage, 'name' | 'version'> & PackageFacts;

interface Licences {
  /** A page in Markdown: every package with its licence and repository. */
  readonly page: string;
  /** One line: how many packages have which licence, the most frequent first. */
  readonly summary: string;
  /** One line for each package that may not be shipped. */
  readonly faults: readonly string[];
}

/** Lists packages by their licences, and those whose licence is not allowed. */
export function listLicences(packages: readonly LicencedPackage[]): Licences {
  const counts = new Map<string, number>();
  for (const { licence } of packages) counts.set(licence ?? 'none', (counts.get(licence ?? 'none') ?? 0) + 1);
  const frequent = [...counts].sort(([, one], [, other]) => other - one);
  const summary = `${packages.length} packages: ${frequent.map(([name, count]) => `${count} ${name}`).join(', ')}`;
  const rows = packages.map(
    ({ name, version, licence, repository }) =>
      `| ${name} | ${version} | ${licence ?? 'none'} | ${repository} |`,
  );
  return {
    page: [
      ...['# Licences of the packages in this release', '', `${summary}.`, ''],
      ...['| package | version | licence | repository |', '| --- | --- | --- | --- |', ...rows, ''],
    ].join('\n'),
    summary,
    faults: packages.flatMap(({ name, version, licence }) => {
      if (licence !== null && isAllowed(licence)) return [];
      const fault =
        licence === null ? 'declares no licence' : `has the licence ${licence}, which is not allowed`;
      return [`${name}@${version} ${fault}.`];
    }),
  };
}
