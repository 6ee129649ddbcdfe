import type { ShownMessage } from '@turnkeeper/client/react';

/** What one side said in one turn: shown together, under one name. */
export interface MessageGroup {
  readonly id: string;
  readonly role: ShownMessage['role'];
  readonly messages: readonly ShownMessage[];
}

export function messageGroups(messages: readonly ShownMessage[]): readonly MessageGroup[] {
  const groups: { id: string; role: ShownMessage['role']; turn: number; messages: ShownMessage[] }[] = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (last?.role === message.role && last.turn === message.turn) last.messages.push(message);
    else groups.push({ id: message.id, role: message.role, turn: message.turn, messages: [message] });
  }
  return groups;
}
