import type { Activity } from '../activity.ts';

/**
 * Whether an activity is meant for the person: what they said themselves comes back as an echo, and agents also write
 * to each other (skills, a person who takes over).
 */
export function isForUser({ from, recipient }: Activity): boolean {
  const to = recipient?.role?.toLowerCase() ?? '';
  return from?.role?.toLowerCase() !== 'user' && (to === '' || to === 'user');
}
