import { z } from 'zod';
import { askField, offersFor } from '../../server/agents/guided/ask-field.ts';
import { factsOf, isFreeText } from '../../server/agents/guided/field/field-facts.ts';
import { readFieldAnswer } from '../../server/agents/guided/read-answer/read-field-answer.ts';
import { readYesNo } from '../../server/agents/guided/read-answer/yes-no.ts';
import type { Field } from '../../server/domain/workflow.ts';
import { adaptiveCard, streamedText } from './service/activities.ts';
import type { Answer } from './service/answers.ts';
import { answersWith, says } from './service/answers.ts';
import type { Heard } from './service/start-emulator.ts';
import { faults, isFaultName, foldNames } from './service/faults.ts';
import { readCorrection, KnownLabels } from './known-labels.ts';
import { fieldsCard, readSubmission } from './fields-card.ts';
import { readQuery, submittedData } from './read-query.ts';
import type { ReadQuery } from './read-query.ts';
import { ask, confirm, goOn, leaveStep } from './reply.ts';
import type { Reply } from './reply.ts';

interface ConverseOptions {
  readonly now: () => number;
  /** Time between two pieces of a streamed text, in ms. */
  readonly pieceMs: number;
}

interface Memory {
  /** A field's name, or `confirmation`. */
  readonly asked: string | null;
  readonly labels: KnownLabels;
}

const help = `I ask for what is missing, field by field. Say **card** for a card with
all of it, or **fault** and a name for an answer that goes wrong:

${foldNames(Object.keys(faults), 70).join('\n')}`;

const withContext = z.looseObject({ turnkeeper: z.looseObject({ context: z.string() }) });

/**
 * An agent that leads a person through a workflow and knows no more than a Copilot Studio agent: it reads Turnkeeper's
 * query and answers in the structured contract. It remembers its last question and the labels of the fields of each
 * conversation.
 */
export function createConversation({ now, pieceMs }: ConverseOptions): (heard: Heard) => Answer {
  const memories = new Map<string, Memory>();

  return ({ kind, conversationId, activity }) => {
    if (kind === 'start' || activity === null) return says('Hello, I am the emulated agent.');
    const words = typeof activity['text'] === 'string' ? activity['text'] : '';
    const beside = withContext.safeParse(activity['channelData']).data?.turnkeeper.context;
    const query = readQuery(beside ?? words);
    if (query === null) return says(`I find no fields in what I was told. ${help}\n\nYou said: ${words}`);
    const { asked, labels } = memories.get(conversationId) ?? { asked: null, labels: new KnownLabels() };
    labels.learn([...query.missing, ...query.optional, ...(query.nextStep?.fields ?? [])]);
    const said = query.words?.trim().toLowerCase() ?? '';
    if (said === 'help' || said === 'fault') return says(help);
    const fault = /^fault (\S+)$/.exec(said)?.[1];
    if (fault !== undefined) return isFaultName(fault) ? faults[fault] : says(help);
    if (said === 'card' && query.missing.length > 0) {
      return answersWith([adaptiveCard(fieldsCard(query.missing), 'Please fill this in.')]);
    }
    const data = submittedData(activity);
    const reply =
      data === null
        ? replyToWords(query, { asked, labels })
        : goOn(query, readSubmission(query.missing, data, now()), labels);
    memories.set(conversationId, { asked: nameOf(reply.asks), labels });
    return spoken(reply, pieceMs);
  };

  function replyToWords(query: ReadQuery, { asked, labels }: Memory): Reply {
    const { words, missing, nextStep } = query;
    const correction = readCorrection(words ?? '', query.collected, labels);
    if (correction !== null) return goOn(query, correction, labels);
    const [first] = missing;
    if (first === undefined) {
      const isConfirmed = asked === 'confirmation' && words !== null && readYesNo(words) === true;
      return isConfirmed ? leaveStep(query, labels) : confirm(query, {}, labels);
    }
    // The field may be in the next step by now: another answer may have completed the step that it was asked in.
    const expected = [...missing, ...(nextStep?.fields ?? [])].find(({ name }) => name === asked);
    const field = expected ?? (asked === null && isUnmistakable(first) ? first : null);
    if (words === null || field === null) return askFirst(query, expected ?? first);
    const reading = readFieldAnswer(field, words, now());
    if (reading.kind === 'value') return goOn(query, { [field.name]: reading.value }, labels);
    if (expected === undefined) return askFirst(query, field);
    return { ...ask(field), words: `${reading.why}\n\n${askField(field)}` };
  }
}

function askFirst({ turnNumber }: ReadQuery, field: Field): Reply {
  const opening = turnNumber === 1 ? 'Good day. I need to know a few things.\n\n' : '';
  return { ...ask(field), words: opening + askField(field) };
}

/** True for a field whose answer can't be mistaken: clients show the first field's choices before it is asked. */
function isUnmistakable(field: Field): boolean {
  return !isFreeText(field) && factsOf(field).kind !== 'yes-no';
}

function nameOf(asks: Reply['asks']): string | null {
  if (asks === undefined) return null;
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
