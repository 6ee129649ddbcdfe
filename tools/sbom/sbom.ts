import { isAllowed } from '../support/allowed-licences.ts';
import type { PackageFacts } from '../support/package-facts.ts';
import type { Shipment, ShippedPackage } from '../support/shipped-packages.ts';

/** A shipped package, with its licence and the address of its sources. */
type KnownPackage = ShippedPackage & PackageFacts;

interface Release {
  /** Our own version. */
  readonly version: string;
  readonly packages: readonly KnownPackage[];
  readonly needs: Shipment['needs'];
}

/**
 * Writes the bill of materials of a release, in CycloneDX 1.6: every shipped package with its version, licence, digest
 * and sources, and which needs which. It has neither a time nor a serial number, so the same lock file gives the same
 * bytes.
 *
 * Source: https://cyclonedx.org/docs/1.6/json/
 */
export function writeSbom({ version, packages, needs }: Release): string {
  const own = { name: 'turnkeeper', version };
  // npm may install one version at several paths.
  const components = new Map(packages.map((known) => [purlOf(known), known]));
  const refs = new Map(packages.map((known) => [known.path, purlOf(known)]));
  const refsOf = (paths: readonly string[]): string[] =>
    [...new Set(paths.flatMap((path) => refs.get(path) ?? []))].sort();
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': purlOf(own),
        ...own,
        licenses: [{ license: { id: 'MIT' } }],
        purl: purlOf(own),
      },
    },
    components: [...components.values()].map(componentOf),
    dependencies: [
      { ref: purlOf(own), dependsOn: refsOf(needs) },
      ...[...components.keys()].map((ref) => {
        const copies = packages.filter((known) => purlOf(known) === ref);
        return { ref, dependsOn: refsOf(copies.flatMap((known) => known.needs)) };
      }),
    ],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function componentOf(known: KnownPackage): object {
  const { name, version, licence, repository, locked } = known;
  return {
    type: 'library',
    'bom-ref': purlOf(known),
    name,
    version,
    ...(locked.integrity === undefined ? {} : { hashes: hashesOf(locked.integrity) }),
    ...(licence === null ? {} : { licenses: [{ license: nameLicence(licence) }] }),
    purl: purlOf(known),
    externalReferences: [{ type: 'vcs', url: repository }],
  };
}

/** An `id` has to be one of SPDX's, which what a package declares need not be. */
function nameLicence(licence: string): object {
  return isAllowed(licence) ? { id: licence } : { name: licence };
}

/** Source: https://github.com/package-url/purl-spec, the type `npm`. */
function purlOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** Returns the digests of an integrity text as CycloneDX has them, in hex. */
function hashesOf(integrity: string): object[] {
  return integrity.split(' ').map((part) => {
    const [algorithm = '', digest = ''] = part.split(/-(.*)/s);
    return { alg: algorithm.replace(/^sha/, 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') };
  });
}
