import type { TestProject } from 'vitest/node';
import { temporaryFolder } from './temporary-folder.ts';

/** Creates the folder in which test files share what `oncePerRun` makes. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await temporaryFolder();
  project.provide('folderForTheRun', folder.path);
  return () => folder[Symbol.asyncDispose]();
}
