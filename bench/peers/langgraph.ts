/**
 * The turn on LangGraph JS: a graph of one node. The thread's checkpoint holds what was collected and all messages, as
 * LangGraph's own examples keep them. It has no lease, no fence, no turn id and no schemas of the fields.
 */
import { Annotation, MemorySaver, StateGraph } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import { agentStructure, conversationIdOf, openingData, userWords } from '../world/workload.ts';

interface Message {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

const state = Annotation.Root({
  collected: Annotation<Record<string, string>>({
    reducer: (collected, data) => ({ ...collected, ...data }),
    default: () => openingData,
  }),
  messages: Annotation<Message[]>({ reducer: (all, more) => [...all, ...more], default: () => [] }),
});

/**
 * One turn of a conversation.
 * @param file where SQLite keeps the checkpoints; null: they stay in memory
 */
export function openLangGraph(file: string | null): (conversation: number) => Promise<unknown> {
  const graph = new StateGraph(state)
    .addNode('agent', ({ messages }) => {
      const { prompt, data } = agentStructure(messages.length);
      return { collected: data, messages: [{ role: 'assistant', text: prompt }] };
    })
    .addEdge('__start__', 'agent')
    .compile({ checkpointer: file === null ? new MemorySaver() : SqliteSaver.fromConnString(file) });
  let turns = 0;
  return (conversation) => {
    turns += 1;
    return graph.invoke(
      { messages: [{ role: 'user', text: userWords(turns) }] },
      { configurable: { thread_id: conversationIdOf(conversation) } },
    );
  };
}
