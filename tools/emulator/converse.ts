import { z } from 'zod';
import { askField, offersFor } from '../../server/agents/guided/ask-field.ts';
import { factsOf, isFreeText } from '../../server/agents/guided/field-facts.ts';
import { readAnswer } from '../../server/agents/guided/read-answer/read-answer.ts';
import { readYesNo } from '../../server/agents/guided/read-answer/yes-no.ts';
import { labelOf } from '../../server/domain/summary.ts';
import type { Field } from '../../server/domain/workflow.ts';
import type { Json } from '../../workflows/definition/json.ts';
import { adaptiveCard } from '../../test/copilot-studio/emulator/activities.ts';
import type { Answer } from '../../test/copilot-studio/emulator/answer.ts';
import { answersWith, says } from '../../test/copilot-studio/emulator/answers.ts';
import type { Heard } from '../../test/copilot-studio/emulator/emulator.ts';
import { faults, isFaultName } from '../../test/copilot-studio/emulator/faults.ts';
import { streamedText } from '../../test/copilot-studio/emulator/streamed-text.ts';
import { readCorrection } from './correction.ts';
import { fieldsCard, readSubmission } from './fields-card.ts';
import { readQuery } from './read-query.ts';
import type { ReadQuery } from './read-query.ts';
import { submittedData } from './submitted-data.ts';

interface ConverseOptions {
  readonly now: () => number;
  /** How long a piece of text takes. */
  readonly pieceMs: number;
}

/** The contract's part that this agent makes use of (docs/workflows.md). */
interface Contract {
  readonly action: 'ask' | 'confirm' | 'complete';
  readonly data?: Readonly<Record<string, Json>>;
  readonly step?: string;
}

interface Reply {
  readonly words: string;
  readonly contract: Contract;
  /** What the person's next words will answer: this field, a confirmation, or nothing in particular. */
  readonly asks?: Field | 'confirmation';
}

const help = `I ask for what is missing, field by field. Say **card** for a card with all of it, or **fault** and a name for
an answer that goes wrong: ${Object.keys(faults).join(', ')}.`;

const withContext = z.looseObject({ turnkeeper: z.looseObject({ context: z.string() }) });

/**
 * An agent that leads a person through a workflow with no more knowledge than a Copilot Studio agent is given: it reads
 * Turnkeeper's query and answers in the structured contract. It remembers only what it asked last in each conversation.
 */
export function createConversation({ now, pieceMs }: ConverseOptions): (heard: Heard) => Answer {
  const askedIn = new Map<string, string>();

  return ({ kind, conversationId, activity }) => {
    if (kind === 'start' || activity === null) return says('Hello, I am the emulated agent.');
    const words = typeof activity['text'] === 'string' ? activity['text'] : '';
    const beside = withContext.safeParse(activity['channelData']).data?.turnkeeper.context;
    const query = readQuery(beside ?? words);
    if (query === null) return says(`I find no fields in what I was told. ${help}\n\nYou said: ${words}`);
    const said = query.words?.trim().toLowerCase() ?? '';
    if (said === 'help' || said === 'fault') return says(help);
    const fault = /^fault (\S+)$/.exec(said)?.[1];
    if (fault !== undefined) return isFaultName(fault) ? faults[fault] : says(help);
    if (said === 'card' && query.missing.length > 0) {
      return answersWith([adaptiveCard(fieldsCard(query.missing), 'Please fill this in.')]);
    }
    const data = submittedData(activity);
    const reply = data === null ? replyToWords(query, askedIn.get(conversationId)) : replyToCard(query, data);
    askedIn.set(conversationId, nameOf(reply.asks));
    return spoken(reply, pieceMs);
  };

  function replyToCard(query: ReadQuery, submitted: Readonly<Record<string, Json>>): Reply {
    const data = readSubmission(query.missing, submitted, now());
    return goOn(query, data);
  }

  function replyToWords(query: ReadQuery, asked: string | undefined): Reply {
    const correction = readCorrection(query.words ?? '', query.collected);
    if (correction !== null) return goOn(query, correction);
    const [field] = query.missing;
    if (field === undefined) return confirmOrFinish(query, asked);
    const wasAsked = asked === field.name;
    if (query.words === null || !(wasAsked || isUnmistakable(field))) return askFirst(query, field);
    const reading = readAnswer(field, query.words, now());
    if (reading.kind === 'value') return goOn(query, { [field.name]: reading.value });
    if (!wasAsked) return askFirst(query, field);
    return { ...ask(field), words: `${reading.why}\n\n${askField(field)}` };
  }
}

function ask(field: Field): Reply {
  return { words: askField(field), contract: { action: 'ask' }, asks: field };
}

function askFirst({ turnNumber }: ReadQuery, field: Field): Reply {
  const opening = turnNumber === 1 ? 'Good day. I need to know a few things.\n\n' : '';
  return { ...ask(field), words: opening + askField(field) };
}

/** Whether an answer to it is no answer to "Shall we go on?": clients offer a next step's choices already. */
function isUnmistakable(field: Field): boolean {
  return !isFreeText(field) && factsOf(field).kind !== 'yes-no';
}

/** Takes what was told, and asks for what is missing then; of the next step's fields it knows nothing yet. */
function goOn({ missing }: ReadQuery, data: Readonly<Record<string, Json>>): Reply {
  const next = missing.find(({ name }) => !Object.hasOwn(data, name));
  const labels = new Map(missing.map((field) => [field.name, labelOf(field)]));
  const noted = Object.keys(data).map((name) => labels.get(name) ?? name);
  const thanks = noted.length === 0 ? '' : `Noted: ${noted.join(', ')}.`;
  if (next !== undefined)
    return { words: `${thanks} ${askField(next)}`.trim(), contract: { action: 'ask', data }, asks: next };
  return { words: `${thanks} That is all for this step. Shall we go on?`, contract: { action: 'ask', data } };
}

function confirmOrFinish(query: ReadQuery, asked: string | undefined): Reply {
  const isConfirmed = asked === 'confirmation' && query.words !== null && readYesNo(query.words) === true;
  if (!isConfirmed) {
    const summary = query.collected.map((line) => `- ${line}`).join('\n');
    const words = `This is what I have:\n\n${summary}\n\nIs that right? Say what is to be changed like \`name: value\`.`;
    return { words, contract: { action: 'confirm' }, asks: 'confirmation' };
  }
  const nextStep = query.stepIds[query.stepIds.indexOf(query.stepId) + 1];
  return nextStep === undefined
    ? { words: 'Then we are done. Thank you.', contract: { action: 'complete' } }
    : { words: 'Good. Shall we go on?', contract: { action: 'ask', step: nextStep } };
}

function nameOf(asks: Reply['asks']): string {
  if (asks === undefined) return '';
  return asks === 'confirmation' ? asks : asks.name;
}

function spoken({ words, contract, asks }: Reply, pieceMs: number): Answer {
  const offers = asks === undefined || asks === 'confirmation' ? [] : offersFor(asks);
  const actions = offers.map((offer) => ({ type: 'imBack', ...offer }));
  const offered = actions.length === 0 ? {} : { suggestedActions: { actions } };
  const pieces = words.match(/\s*\S+\s*/g) ?? [words];
  const activities = streamedText(pieces, { more: { value: contract, ...offered } });
  return answersWith(activities, pieceMs === 0 ? {} : { pace: { bytes: 300, everyMs: pieceMs } });
}
