import type { Counterexample } from './explore.ts';
import type { Keys, State } from './protocol-state.ts';

/** A counterexample to be read: what happened, and what Redis held after each step that changed that. */
export function timeline({ fault, path }: Counterexample<State>): string {
  const lines: string[] = [];
  let before = '';
  for (const [index, { label, next }] of path.entries()) {
    const after = describe(next.redis);
    lines.push(`${String(index + 1).padStart(3)}  ${label}${after === before ? '' : `\n       [${after}]`}`);
    before = after;
  }
  return [...lines, `  => ${fault}`].join('\n');
}

function describe({ lock, state, log, holder, waiting }: Keys): string {
  const turns = log.map(({ number, turnId, token }) => `${number}: turn ${turnId} by ${token}`).join(', ');
  return [
    `lock ${lock ?? 'free'}`,
    state === null ? 'no state' : `revision ${state.revision}, agent conversation ${state.agentConversation}`,
    `log {${turns}}`,
    ...(holder === null ? [] : [`holder ${holder.token}${holder.isStale ? ' stale' : ''}`]),
    ...(waiting.length === 0 ? [] : [`waiting ${waiting.join(', ')}`]),
  ].join(' | ');
}
