import { readFileSync, readdirSync } from 'node:fs';
import { readScript } from '../../server/redis/define-scripts.ts';

const leases = new URL('../../server/lease/scripts/', import.meta.url);
const store = new URL('../../server/store/redis/scripts/', import.meta.url);

/** The script of an operation, whatever its number of keys. */
function scriptOf(folder: URL, operation: string): string {
  const name = readdirSync(folder).find((file) => file.replace(/-\d+\.lua$/, '') === operation);
  if (name === undefined) throw new Error(`there is no script to ${operation}`);
  return readScript(new URL(name, folder)).text;
}

/** The texts that Redis is sent, to know its requests by, and to send them again as they were. */
export const scripts = {
  acquireLease: readFileSync(new URL('acquire-lease.lua', leases), 'utf8'),
  releaseLease: readFileSync(new URL('release-lease.lua', leases), 'utf8'),
  settleRelease: scriptOf(leases, 'settle-release'),
  standInLine: scriptOf(leases, 'stand-in-line'),
  leaveLine: scriptOf(leases, 'leave-line'),
  interruptHolder: scriptOf(leases, 'interrupt-holder'),
  loadConversation: scriptOf(store, 'load-conversation'),
  commitConversation: scriptOf(store, 'commit-conversation'),
  purgeConversation: scriptOf(store, 'purge-conversation'),
} as const;
