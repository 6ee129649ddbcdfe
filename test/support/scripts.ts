import { readdirSync } from 'node:fs';
import { lockScripts, readScript } from '../../server/redis/scripts/define-scripts.ts';

const folder = new URL('../../server/redis/scripts/', import.meta.url);

/** Returns the script of an operation, whatever its number of keys. */
function scriptOf(operation: string): string {
  const name = readdirSync(folder).find((file) => file.replace(/-\d+\.lua$/, '') === operation);
  if (name === undefined) throw new Error(`there is no script to ${operation}`);
  return readScript(new URL(name, folder)).text;
}

/** The scripts' texts, to recognize Redis requests by, and to send them again. */
export const scripts = {
  releaseLease: lockScripts.releaseLock,
  releaseAndHandOver: scriptOf('release-and-hand-over'),
  enqueue: scriptOf('enqueue'),
  leaveQueue: scriptOf('leave-queue'),
  interruptHolder: scriptOf('interrupt-holder'),
  leaseConversation: scriptOf('lease-conversation'),
  commitConversation: scriptOf('commit-conversation'),
  purgeConversation: scriptOf('purge-conversation'),
  touchConversationList: scriptOf('touch-conversation-list'),
} as const;
