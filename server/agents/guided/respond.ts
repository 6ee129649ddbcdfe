import type { Json } from '../../../workflows/definition/json.ts';
import { labelOf } from '../../domain/summary.ts';
import type { Field } from '../../domain/workflow.ts';
import { acknowledge } from './acknowledge.ts';
import { explainField, offersFor } from './ask-field.ts';
import type { Draft } from './compose-reply.ts';
import { formatValue } from './format-value.ts';
import type { GuidedTurn, Refusal, Understanding } from './guided-turn.ts';
import { readable } from './plain-words.ts';
import { summarizeCollected } from './summarize-collected.ts';

const nothing: ReadonlyMap<string, Json> = new Map();

const howToStop =
  "I can't end the conversation myself: to stop here, use “End conversation”, or `/end` in the terminal chat. Until " +
  'then everything that you have said stays as it is.';

/**
 * Decides what a turn does and says, given what its input means.
 * @param said the user's own words, if there were any
 */
export function respond(understanding: Understanding, said: string | null, turn: GuidedTurn): Draft {
  switch (understanding.kind) {
    case 'greeted':
      return turn.turnNumber === 1 ? greet(turn) : { lead: [], data: nothing };
    case 'help':
      return help(turn);
    case 'status':
      return status(turn);
    case 'back':
      return goBack(turn);
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
      const welcome = turn.turnNumber === 1 ? [greeting(turn)] : [];
      const taken = acknowledge(understanding.values, said, turn);
      return {
        ...refused(understanding.refusal),
        lead: [
          ...welcome,
          taken,
          ...(understanding.refusal === null ? [] : [whyOf(understanding.refusal, turn)]),
        ],
        data: understanding.values,
        namesStep: turn.turnNumber === 1,
      };
    }
    case 'unreadable':
      return {
        ...refused(understanding.refusal),
        lead: [understanding.refusal === null ? fallback(turn) : whyOf(understanding.refusal, turn)],
        data: nothing,
      };
  }
}

function fallback({ asked }: GuidedTurn): string {
  return asked === null ? "Sorry, I didn't understand that." : '';
}

/** A refused value for another field than the asked one needs saying which. */
function whyOf({ field, why }: Refusal, { asked }: GuidedTurn): string {
  return field === asked ? why : `**${labelOf(field)}** stays as it was: ${why}`;
}

function refused(refusal: Refusal | null): Pick<Draft, 'offers'> {
  if (refusal === null || refusal.suggestions.length === 0) return {};
  const { field, suggestions } = refusal;
  return { offers: suggestions.map((value) => ({ title: readable(formatValue(field, value)), value })) };
}

function greeting({ workflow, position }: GuidedTurn): string {
  const now = position.applicable.length;
  const steps =
    now < workflow.steps.length ? `${now} to ${workflow.steps.length} short steps` : `${now} short steps`;
  const about = workflow.description === undefined ? '' : ` ${workflow.description}`;
  return `Hello! Let's go through **${workflow.title}** together, in ${now === 1 ? 'one step' : steps}.${about}`;
}

function greet(turn: GuidedTurn): Draft {
  return {
    lead: [
      greeting(turn),
      'You can correct anything along the way, go *back*, ask for a *summary*, or say *help*.',
    ],
    data: nothing,
    namesStep: true,
  };
}

function help(turn: GuidedTurn): Draft {
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

/** What the asked field is, said to somebody whose question goes further than that. */
function answerQuestion(turn: GuidedTurn): Draft {
  const { asked, workflow } = turn;
  if (asked === null) return help(turn);
  return {
    lead: [`I only take down what **${workflow.title}** needs, so I can't say more than this.`],
    data: nothing,
    insteadOfQuestion: explainField(asked),
    offers: offersFor(asked),
  };
}

/** A change that could be asked for here, in the words to ask for it with. */
function exampleOfChange({ position, collected }: GuidedTurn): string {
  const fields = position.applicable.flatMap((step) => [...step.fields]);
  const field = fields.find(({ name }) => collected[name] !== undefined) ?? fields[0];
  if (field === undefined) return '';
  const label = labelOf(field).toLowerCase();
  return `For example “change the ${label} to …”, or “${label}: …”.`;
}

function status({ position, collected, asked }: GuidedTurn): Draft {
  if (asked === null) return { lead: [], data: nothing };
  const summary = summarizeCollected(position, collected);
  const done = `${position.completed.size} of ${position.applicable.length} steps are done.`;
  return {
    lead: summary === '' ? [`Nothing yet; ${done}`] : ['Here is what I have so far:', summary, done],
    data: nothing,
    namesStep: true,
  };
}

/** Clears the last required field before the asked one: optional ones are never asked, so there is no way back to them. */
function goBack({ position, collected, asked }: GuidedTurn): Draft {
  const until = position.applicable.indexOf(position.current);
  const before = position.applicable.slice(0, until + 1).flatMap((step) => [...step.fields]);
  const reach = asked === null ? before : before.slice(0, before.indexOf(asked));
  const last = reach.findLast((field) => field.required && collected[field.name] !== undefined);
  const value = last === undefined ? undefined : collected[last.name];
  if (last === undefined || value === undefined) {
    return { lead: ['This is the first question, there is nothing to go back to.'], data: nothing };
  }
  return {
    lead: [`Back to **${labelOf(last)}** (it was: ${formatValue(last, value)}).`],
    data: new Map([[last.name, null]]),
  };
}

function explainRequired({ asked }: GuidedTurn): Draft {
  if (asked === null) return { lead: [], data: nothing };
  return {
    lead: [
      `I can't go on without **${labelOf(asked)}**. Look it up if you need to: what you have told me so far is kept in the meantime.`,
    ],
    data: nothing,
  };
}

function clear(field: Field, { collected }: GuidedTurn): Draft {
  const value = collected[field.name];
  if (value === undefined) return { lead: [`There is no **${labelOf(field)}** to clear.`], data: nothing };
  return {
    lead: [`Removed **${labelOf(field)}** (it was: ${formatValue(field, value)}).`],
    data: new Map([[field.name, null]]),
  };
}

/** A required field is cleared, so that it is asked again; an optional one would not be, so its value stays for now. */
function reopen(field: Field, { collected }: GuidedTurn): Draft {
  const value = collected[field.name];
  const label = labelOf(field);
  const howTo = `Write “${label.toLowerCase()}: …”`;
  if (value === undefined) return { lead: [], data: nothing, insteadOfQuestion: `${howTo} to add it.` };
  const was = `Let's change **${label}** (it was: ${formatValue(field, value)}).`;
  if (field.required) return { lead: [was], data: new Map([[field.name, null]]) };
  const insteadOfQuestion = `${howTo} to replace it, or “clear ${label.toLowerCase()}”.`;
  return { lead: [`**${label}**: ${formatValue(field, value)}`], data: nothing, insteadOfQuestion };
}
