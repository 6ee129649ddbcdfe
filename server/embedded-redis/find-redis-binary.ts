import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const binaryNames = ['redis-server', 'valkey-server'] as const;

/**
 * The path of the first `redis-server`, else `valkey-server`, on the search path.
 * @throws Error saying what to install when there is neither
 */
export function findRedisBinary(searchPath = process.env['PATH'] ?? ''): string {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  for (const name of binaryNames) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  throw new Error(
    'Neither redis-server nor valkey-server is on the PATH. Install one (Debian, Ubuntu: "sudo apt-get install redis-server"; ' +
      'Fedora: "sudo dnf install redis"; Alpine: "sudo apk add redis"; macOS: "brew install redis"), ' +
      'or set REDIS_URL to a Redis that is already running.',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
