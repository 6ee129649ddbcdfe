import type { Counterexample } from './explore.ts';
import type { Keys, State } from './protocol-state.ts';

/** Formats a counterexample: its steps, and the contents of Redis after each step that changed them. */
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
