/**
 * The guided agent's decision: what a turn sets, and how the reply begins.
 *
 * The job: one reply for each meaning that an input can have. The boundary: `understandText` found the meaning, and
 * `composeReply` adds the next question; it is pure, with neither clock nor memory. It keeps that
 * - a field changes only by a value that was understood, or because the person asks for it (back, clear, change);
 * - a value that was not understood is answered with the reason, and, if it had a label, listed in `turn.rejected`;
 * - an ability that the agent lacks (undo, restart, stop) is said plainly, with the way that exists instead.
 */
import type { Json } from '../../../workflows/definition/json.ts';
import { labelOf } from '../../domain/summary.ts';
import type { Field } from '../../domain/workflow.ts';
import { acknowledge, thanks } from './compose-reply.ts';
import { explainField, offersFor } from './ask-field.ts';
import type { ReplyDraft } from './compose-reply.ts';
import { factsOf } from './field/field-facts.ts';
import { formatValue, longestShown, summarizeCollected } from './field/format-value.ts';
import { isGroupField, listItems, nameOf } from './group/group-question.ts';
import type { GuidedTurn, Refusal, Understanding } from './guided-turn.ts';
import { choiceInWords } from './field/plain-words.ts';

const nothing: ReadonlyMap<string, Json> = new Map();

const howToStop =
  "I can't end the conversation myself: your chat has a button or a command of its own for that. Until then everything " +
  'that you have said stays as it is.';

/** @param said the user's own words, if there were any */
export function respond(understanding: Understanding, said: string | null, turn: GuidedTurn): ReplyDraft {
  switch (understanding.kind) {
    case 'greeted':
      return turn.turnNumber === 1 ? greet(turn) : { lead: [], data: nothing };
    case 'entered':
      return turn.turnNumber === 1 ? greet(turn) : { lead: [thanks(turn)], data: nothing };
    case 'undone':
      return { lead: [describeUndone(understanding.changed, turn)], data: nothing, namesStep: true };
    case 'help':
      return help(turn);
    case 'status':
      return status(turn);
    case 'back':
      return goBack(turn);
    case 'undo':
      return cannotUndo(turn);
    case 'restart':
      return {
        lead: [
          `I can't start over by myself. You can change each answer: ${exampleOfChange(turn)} Or end this conversation and begin another.`,
        ],
        data: nothing,
      };
    case 'skip':
      return explainRequired(turn);
    case 'stop':
      return { lead: [howToStop], data: nothing };
    case 'question':
      return answerQuestion(turn);
    case 'confirmed':
      return { lead: [], data: nothing, confirms: true };
    case 'declined':
      return {
        lead: [],
        data: nothing,
        insteadOfQuestion: `What should I change? ${exampleOfChange(turn)}`,
      };
    case 'clear':
      return clear(understanding.field, turn);
    case 'reopen':
      return reopen(understanding.field, turn);
    case 'values': {
      const { values, refusals } = understanding;
      const welcome = turn.turnNumber === 1 ? [greeting(turn), ...knownAlready(turn)] : [];
      return {
        ...refused(refusals, turn),
        lead: [
          ...welcome,
          acknowledge(values, said, turn),
          ...refusals.map((refusal) => whyOf(refusal, turn)),
        ],
        data: new Map([...values, ...triedValues(refusals)]),
        namesStep: turn.turnNumber === 1,
      };
    }
    case 'unreadable': {
      const { refusals } = understanding;
      const welcome = turn.turnNumber === 1 ? [greeting(turn), ...knownAlready(turn)] : [];
      return {
        ...refused(refusals, turn),
        lead: [
          ...welcome,
          ...(refusals.length === 0 ? [fallback(turn)] : refusals.map((refusal) => whyOf(refusal, turn))),
        ],
        data: triedValues(refusals),
        namesStep: turn.turnNumber === 1,
      };
    }
  }
}

/**
 * Returns unreadable values under labels as data that the field's schema refuses, so that `turn.rejected` lists them.
 * Words that the schema would accept ("contact name: n/a") are wrapped in a list, which it refuses.
 */
function triedValues(refusals: readonly Refusal[]): ReadonlyMap<string, Json> {
  return new Map(
    refusals.flatMap(({ field, tried }): [string, Json][] => {
      if (field === null || tried === null) return [];
      const candidates = [tried, [tried], { said: tried }];
      const refusedBySchema = candidates.find((candidate) => !field.check(candidate).ok);
      return refusedBySchema === undefined ? [] : [[field.name, refusedBySchema]];
    }),
  );
}

function fallback({ asked }: GuidedTurn): string {
  return asked === null ? "Sorry, I didn't understand that." : '';
}

/** Explains a refusal. If the refused field is not the asked one, the reason names the field. */
function whyOf({ field, why }: Refusal, { asked, collected }: GuidedTurn): string {
  if (field === asked || field === null) return why;
  const label = `**${labelOf(field)}**`;
  return collected[field.name] === undefined ? `${label}: ${why}` : `${label} stays as it was: ${why}`;
}

/** Offers the suggestions of a refusal as buttons; for another field than the asked one, under its label. */
function refused(refusals: readonly Refusal[], { asked }: GuidedTurn): Pick<ReplyDraft, 'offers'> {
  const [refusal] = refusals.filter(({ field, suggestions }) => field !== null && suggestions.length > 0);
  const field = refusal?.field ?? null;
  if (refusal === undefined || field === null) return {};
  return {
    offers: refusal.suggestions.map((value) => ({
      title: choiceInWords(titleOf(field, value)),
      value: field === asked ? value : `${labelOf(field).toLowerCase()}: ${value}`,
    })),
  };
}

/** The title of a suggestion; a number is formatted as a number. */
function titleOf(field: Field, suggestion: string): string {
  const { kind } = factsOf(field);
  return formatValue(field, kind === 'integer' || kind === 'number' ? Number(suggestion) : suggestion);
}

function greeting({ workflow, position }: GuidedTurn): string {
  const now = position.applicable.length;
  const steps =
    now < workflow.steps.length ? `${now} to ${workflow.steps.length} short steps` : `${now} short steps`;
  const about = workflow.description === undefined ? '' : ` ${workflow.description}`;
  return `Hello! Let's go through **${workflow.title}** together, in ${now === 1 ? 'one step' : steps}.${about}`;
}

function greet(turn: GuidedTurn): ReplyDraft {
  return {
    lead: [
      greeting(turn),
      ...knownAlready(turn),
      'You can correct anything along the way, go *back*, ask for a *summary*, or say *help*.',
    ],
    data: nothing,
    namesStep: true,
  };
}

/** Shows what the conversation was opened with, to be confirmed instead of asked for. */
function knownAlready({ prefilled, collected }: GuidedTurn): string[] {
  const lines = prefilled.flatMap((field) => {
    const value = collected[field.name];
    return value === undefined ? [] : [`- **${labelOf(field)}**: ${formatValue(field, value)}`];
  });
  if (lines.length === 0) return [];
  return ['I know this already. Tell me if something is wrong or has changed:', lines.join('\n')];
}

function help(turn: GuidedTurn): ReplyDraft {
  const { asked } = turn;
  const commands = `You can also say *back*, *summary*, or change what you said. ${exampleOfChange(turn)}`;
  if (asked === null) return { lead: [`I am waiting for your yes. ${commands}`], data: nothing };
  return {
    lead: [],
    data: nothing,
    insteadOfQuestion: `${explainField(asked)}\n\n${commands}`,
    offers: offersFor(asked),
  };
}

/** Explains the asked field to somebody whose question goes further than that. */
function answerQuestion(turn: GuidedTurn): ReplyDraft {
  const { asked, workflow } = turn;
  if (asked === null) return help(turn);
  return {
    lead: [`I only take down what **${workflow.title}** needs, so I can't say more than this.`],
    data: nothing,
    insteadOfQuestion: explainField(asked),
    offers: offersFor(asked),
  };
}

/** An example of a change that is possible here, with the words to ask for it. */
function exampleOfChange({ position, collected }: GuidedTurn): string {
  const fields = position.applicable.flatMap((step) => [...step.fields]);
  const field = fields.find(({ name }) => collected[name] !== undefined) ?? fields[0];
  if (field === undefined) return '';
  const label = labelOf(field).toLowerCase();
  return `For example “change the ${label} to …”, or “${label}: …”.`;
}

function status({ position, collected, asked }: GuidedTurn): ReplyDraft {
  if (asked === null) return { lead: [], data: nothing };
  const summary = summarizeCollected(position, collected);
  const done = `${position.completed.size} of ${position.applicable.length} steps are done.`;
  return {
    lead: summary === '' ? [`Nothing yet; ${done}`] : ['Here is what I have so far:', summary, done],
    data: nothing,
    namesStep: true,
  };
}

/**
 * Clears the last required field before the asked one. Optional fields are never asked, so nobody can go back to them.
 * A long text stays until there is another, because nobody should have to write it again.
 */
function goBack({ position, collected, asked }: GuidedTurn): ReplyDraft {
  const until = position.applicable.indexOf(position.current);
  const before = position.applicable.slice(0, until + 1).flatMap((step) => [...step.fields]);
  const reach = asked === null ? before : before.slice(0, before.indexOf(asked));
  const last = reach.findLast((field) => field.required && collected[field.name] !== undefined);
  const value = last === undefined ? undefined : collected[last.name];
  if (last === undefined || value === undefined) {
    return { lead: ['This is the first question, there is nothing to go back to.'], data: nothing };
  }
  const label = labelOf(last);
  // The items of a group are no one answer: going back to them takes none away.
  if (isGroupField(last)) return { lead: [`Back to **${label}**.`], data: nothing, more: last };
  if (typeof value === 'string' && value.length > longestShown) {
    const howTo = `Write “${label.toLowerCase()}: …” to replace it, or “clear ${label.toLowerCase()}” to be asked again.`;
    return { lead: [`**${label}** is: ${formatValue(last, value)}`, howTo], data: nothing };
  }
  return {
    lead: [`Back to **${label}** (it was: ${formatValue(last, value)}).`],
    data: new Map([[last.name, null]]),
  };
}

/** Explains how to change an answer, because the agent does not know what the last answer changed. */
function cannotUndo(turn: GuidedTurn): ReplyDraft {
  const back = turn.asked === null ? '' : ' “back” asks the question before this one again.';
  return {
    lead: [
      `I can't undo by words: your chat has a button or a command of its own for that. To change an answer, say so: ${exampleOfChange(turn).toLowerCase()}${back}`,
    ],
    data: nothing,
  };
}

function describeUndone(changed: Readonly<Record<string, Json>>, { workflow }: GuidedTurn): string {
  const lines = Object.entries(changed).flatMap(([name, value]) => {
    const field = workflow.fields.get(name);
    if (field === undefined) return [];
    return [
      `**${labelOf(field)}**${value === null ? ' is open again' : ` is ${formatValue(field, value)} again`}`,
    ];
  });
  return lines.length === 0 ? 'Taken back.' : `Taken back: ${lines.join('; ')}.`;
}

function explainRequired({ asked }: GuidedTurn): ReplyDraft {
  if (asked === null) return { lead: [], data: nothing };
  return {
    lead: [
      `I can't go on without **${labelOf(asked)}**. Look it up if you need to: what you have told me so far is kept in the meantime.`,
    ],
    data: nothing,
  };
}

function clear(field: Field, { collected }: GuidedTurn): ReplyDraft {
  const value = collected[field.name];
  if (value === undefined) return { lead: [`There is no **${labelOf(field)}** to clear.`], data: nothing };
  return {
    lead: [`Removed **${labelOf(field)}** (it was: ${formatValue(field, value)}).`],
    data: new Map([[field.name, null]]),
  };
}

/**
 * Reopens a field. A required one is cleared, so that it is asked again. An optional one would not be asked again, so
 * it keeps its value for now.
 */
function reopen(field: Field, { collected }: GuidedTurn): ReplyDraft {
  const value = collected[field.name];
  const label = labelOf(field);
  const howTo = `Write “${label.toLowerCase()}: …”`;
  if (isGroupField(field)) {
    const name = nameOf(field.group);
    const words = `Write “${name} 1: …”, “remove ${name} 1” or “add a ${name}”.`;
    return { lead: [], data: nothing, insteadOfQuestion: `${listItems(field, value)}\n\n${words}`.trim() };
  }
  if (value === undefined) return { lead: [], data: nothing, insteadOfQuestion: `${howTo} to add it.` };
  const was = `Let's change **${label}** (it was: ${formatValue(field, value)}).`;
  if (field.required) return { lead: [was], data: new Map([[field.name, null]]) };
  const insteadOfQuestion = `${howTo} to replace it, or “clear ${label.toLowerCase()}”.`;
  return { lead: [`**${label}**: ${formatValue(field, value)}`], data: nothing, insteadOfQuestion };
}
