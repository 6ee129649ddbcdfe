import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../../docs/redis.md', import.meta.url), 'utf8');

/** Returns the rules of an ACL user that docs/redis.md offers to copy. */
function documented(pattern: RegExp): string {
  const rules = pattern.exec(page)?.[1];
  if (rules === undefined) throw new Error(`docs/redis.md has nothing like ${String(pattern)}`);
  return rules
    .replace(/\\\n|'/g, ' ')
    .trim()
    .replace(/\s+/g, ' ');
}

export const aclRules = documented(/^ACL SETUSER turnkeeper on '>[^']+' \\\n((?:.+\\\n)*.+)$/m);
export const clusterRules = documented(/On a Cluster, add `([^`]+)`/);
export const waitRule = documented(/With `REDIS_WAIT_REPLICAS`, add `([^`]+)`/);
export const storedBytesRules = documented(/`TENANT_STORED_BYTES`, add `([^`]+)`/);
export const lockMasterRules = documented(/`REDIS_LOCK_URLS` need `([^`]+)`/);
