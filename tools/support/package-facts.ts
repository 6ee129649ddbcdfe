import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ShippedPackage } from './shipped-packages.ts';

export interface PackageFacts {
  /** An SPDX id or expression, as the package declares it, or as a review found it; `null` if it declares none. */
  readonly licence: string | null;
  /** The web address of its sources, or of its page in the registry if it names none. */
  readonly repository: string;
}

interface Review {
  readonly licence: string;
  /** The file of the package that grants this licence, and words in it that say so. */
  readonly file: string;
  readonly words: string;
}

/**
 * Packages whose manifest is wrong about their licence, by name and exact version: a new version is reviewed anew.
 * Redlock's fork says UNLICENSED, and has the licence file of the project that it is a fork of.
 */
const reviews: Readonly<Record<string, Review>> = {
  '@sesamecare-oss/redlock@1.4.0': {
    licence: 'MIT',
    file: 'LICENSE.md',
    words: 'The MIT License (MIT)',
  },
};

const manifest = z.object({
  repository: z.union([z.string(), z.object({ url: z.string() })]).optional(),
});

/**
 * Says what a shipped package's licence is and where its sources are, from the lock file and from the installed package.
 * @throws if the licence file of a reviewed package no longer says what the review found
 */
export async function packageFacts(root: string, shipped: ShippedPackage): Promise<PackageFacts> {
  const { name, version, path, locked } = shipped;
  const review = reviews[`${name}@${version}`];
  if (review !== undefined) await confirm(join(root, path), review);
  const text = await readIfThere(join(root, path, 'package.json'));
  const declared = text === null ? undefined : manifest.parse(JSON.parse(text)).repository;
  const url = typeof declared === 'string' ? declared : declared?.url;
  return {
    licence: review?.licence ?? locked.license ?? null,
    repository: url === undefined ? `https://www.npmjs.com/package/${name}` : webAddress(url),
  };
}

async function confirm(dir: string, { file, words, licence }: Review): Promise<void> {
  const text = await readIfThere(join(dir, file));
  if (text?.includes(words) !== true)
    throw new Error(`${join(dir, file)} no longer says that it is ${licence}`);
}

/** Returns null for a package that is not installed, because it is for another platform. */
async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Returns the web address of a repository in one of the forms that npm knows: `git+ssh://`, `git@`, `github:`, `a/b`. */
export function webAddress(repository: string): string {
  const address = repository
    .replace(/^github:/, '')
    .replace(/^git\+/, '')
    .replace(/^(?:ssh:\/\/)?git@([^:/]+)[:/]/, 'https://$1/')
    .replace(/^(?:git|ssh|http):\/\/(?:git@)?/, 'https://')
    .replace(/\.git$/, '');
  return address.startsWith('https://') ? address : `https://github.com/${address}`;
}
