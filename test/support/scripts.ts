import { readFileSync, readdirSync } from 'node:fs';
import { readScript } from '../../server/redis/define-scripts.ts';

const folder = new URL('../../server/redis/scripts/', import.meta.url);

/** Returns the script of an operation, whatever its number of keys. */
function scriptOf(operation: string): string {
  const name = readdirSync(folder).find((file) => file.replace(/-\d+\.lua$/, '') === operation);
  if (name === undefined) throw new Error(`there is no script to ${operation}`);
  return readScript(new URL(name, folder)).text;
}

/** The scripts' texts, to recognize Redis requests by, and to send them again. */
export const scripts = {
  acquireLease: readFileSync(new URL('acquire-lease.lua', folder), 'utf8'),
  releaseLease: readFileSync(new URL('release-lease.lua', folder), 'utf8'),
  releaseAndHandOver: scriptOf('release-and-hand-over'),
  enqueue: scriptOf('enqueue'),
  leaveQueue: scriptOf('leave-queue'),
  interruptHolder: scriptOf('interrupt-holder'),
  loadConversation: scriptOf('load-conversation'),
  commitConversation: scriptOf('commit-conversation'),
  purgeConversation: scriptOf('purge-conversation'),
} as const;
