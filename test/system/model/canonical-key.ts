import type { Answer, Command, Keys, Name, Phase, Server, State } from './protocol-state.ts';

/** Records a name where it occurs, and returns no text for it. */
type Noting = (name: Name | null) => '';

/** A part of a state without its names: of those, only equality matters. */
interface Form {
  readonly text: string;
  readonly names: readonly (Name | null)[];
}

/**
 * Returns a text that two states share if they differ only in names, or in which server is which. If two such states
 * get different texts all the same, that only costs time.
 */
export function canonicalKey(state: State): string {
  const met = new Names();
  const { redis, replica } = state;
  const ofRedis = formOf(redis, keysText);
  let key = ofRedis.text + met.name(ofRedis.names);
  if (replica !== null) {
    const ofReplica = formOf(replica, keysText);
    key += `=${ofReplica.text}${met.name(ofReplica.names)}`;
  }
  for (const { text, names } of inOrder(state.servers, met)) key += `|${text}${met.name(names)}`;
  key += `/${state.callsLeft.join('')}/${state.faultsLeft}/${state.broken?.invariant ?? ''}`;

  // Of the past, only names that are still in use can matter.
  const past = [
    state.refused.filter((token) => met.has(token)).map((token) => [token]),
    redis.interrupted.filter((owner) => met.has(owner)).map((owner) => [owner]),
    state.purged
      .filter(({ incarnation, token }) => met.has(incarnation) || met.has(token))
      .map(({ incarnation, token }) => [incarnation, token]),
    state.heard
      .filter(({ agentConversation }) => met.has(agentConversation))
      .map(({ agentConversation, token }) => [agentConversation, token]),
    state.acknowledged.map(({ token, incarnation }) => [token, incarnation]),
  ];
  for (const notes of past)
    key += `/${notes
      .map((names) => met.tell(names))
      .sort()
      .join()}`;
  return key;
}

/** Numbers names by the order in which they first occur. */
class Names {
  readonly #met: Name[] = [];

  has(name: Name): boolean {
    return this.#met.includes(name);
  }

  /** The numbers of names, including those that occur for the first time. */
  name(names: readonly (Name | null)[]): string {
    for (const name of names) if (name !== null && !this.#met.includes(name)) this.#met.push(name);
    return this.tell(names);
  }

  /** Returns the numbers of names that have occurred before. */
  tell(names: readonly (Name | null)[]): string {
    let text = '';
    for (const name of names)
      text += name === null ? '-' : String.fromCharCode(0x41 + this.#met.indexOf(name));
    return text;
  }
}

/** Sorts the servers independently of their positions, as far as the names so far distinguish them. */
function inOrder(servers: readonly Server[], met: Names): Form[] {
  return servers
    .map((server) => formOf(server, serverText))
    .sort(
      (one, other) => compare(one.text, other.text) || compare(met.tell(one.names), met.tell(other.names)),
    );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function formOf<Part>(part: Part, textOf: (part: Part, note: Noting) => string): Form {
  const names: (Name | null)[] = [];
  const text = textOf(part, (name) => {
    names.push(name);
    return '';
  });
  return { text, names };
}

function keysText({ lock, state, log, holder, waiting }: Keys, n: Noting): string {
  const guard =
    state === null
      ? '-'
      : `${n(state.incarnation)}.${state.revision}.${n(state.committedBy)}.${state.turnCount}.${n(state.agentConversation)}`;
  const turns = log.map(({ turnId, number, token }) => `${turnId}.${number}.${n(token)}`).join();
  const held =
    holder === null ? '-' : `${n(holder.token)}.${holder.turnId ?? ''}${holder.isStale ? 's' : ''}`;
  return `${n(lock)};${guard};${turns};${held};${waiting.map(n).join()}`;
}

function serverText({ attempt, pipe, inbox, strays }: Server, n: Noting): string {
  if (attempt === null && pipe.length === 0 && strays.length === 0) return '';
  const sent = pipe
    .map(({ command, isAwaited }) => `${isAwaited ? '' : '~'}${commandText(command, n)}`)
    .join();
  const answered = inbox
    .map(({ command, answer }) => `${commandText(command, n)}=${answerText(answer, n)}`)
    .join();
  const running =
    attempt === null
      ? '-'
      : `${attempt.call.kind}${attempt.call.turnId ?? ''}${attempt.call.whenBusy}.${n(attempt.token)}.${n(attempt.ticket)}` +
        `.${attempt.hasEnqueued ? 's' : ''}${attempt.keepsTicket ? 'p' : ''}${attempt.hasInterrupted ? 'i' : ''}${attempt.isOver ? 'o' : ''}.${phaseText(attempt.phase, n)}`;
  return `${running};${sent};${answered};${strays.map((command) => commandText(command, n)).join()}`;
}

function phaseText(phase: Phase, n: Noting): string {
  switch (phase.kind) {
    case 'asking': {
      const { loaded, agentConversation } = phase;
      return `ask.${loaded === null ? '-' : `${n(loaded.incarnation)}.${loaded.revision}`}.${n(agentConversation)}`;
    }
    case 'enqueuing':
    case 'waiting':
      return `${phase.kind}${phase.isNotified ? '!' : ''}`;
    case 'acquiring':
    case 'committing':
    case 'purging':
    case 'interrupting':
      return phase.kind;
  }
}

function commandText(command: Command, n: Noting): string {
  switch (command.kind) {
    case 'acquire':
      return `a${n(command.token)}${n(command.ticket)}.${command.turnId ?? ''}`;
    case 'commit': {
      const { token, loaded, next, turn } = command;
      const guard = loaded === null ? '-' : `${n(loaded.incarnation)}.${loaded.revision}`;
      return `c${n(token)}.${guard}.${n(next.incarnation)}.${n(next.agentConversation)}.${turn.turnId}`;
    }
    case 'purge':
      return `p${n(command.token)}.${n(command.loaded.incarnation)}.${command.loaded.revision}`;
    case 'release':
      return `r${n(command.token)}`;
    case 'hand-over':
      return `s${n(command.token)}${command.agentMayHaveHeard ? 'h' : ''}`;
    case 'enqueue':
      return `w${n(command.ticket)}${command.at}${command.mostWaiting ?? ''}`;
    case 'leave':
      return `x${n(command.ticket)}`;
    case 'interrupt':
      return `i${n(command.owner)}.${n(command.ticket)}`;
  }
}

function answerText(answer: Answer, n: Noting): string {
  switch (answer.kind) {
    case 'acquired': {
      const { isGranted, owner } = answer;
      const { state, used, holder } = answer.loaded;
      const guard =
        state === null ? '-' : `${n(state.incarnation)}.${state.revision}.${n(state.agentConversation)}`;
      return `${isGranted ? '1' : '0'}${n(owner)}.${guard}.${used === null ? '' : `${used.number}.${n(used.token)}`}.${holder === null ? '' : `${holder.turnId ?? ''}${holder.isStale ? 's' : ''}`}`;
    }
    case 'commit':
    case 'purge':
      return answer.result;
    case 'enqueued':
      return answer.outcome;
    case 'interrupt':
      return answer.didInterrupt ? '1' : '0';
    case 'done':
      return '';
  }
}
