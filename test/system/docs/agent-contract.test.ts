import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadDefinitions } from '../../../server/definitions/load-definitions.ts';
import { activitySchema } from '../../../server/answer/activity.ts';
import type { Activity } from '../../../server/answer/activity.ts';
import { confidenceOf } from '../../../server/domain/parsed-turn.ts';
import { findPosition } from '../../../server/domain/position.ts';
import { buildContextualQuery } from '../../../server/domain/query/build-contextual-query.ts';
import { reduceTurn } from '../../../server/domain/reduce-turn.ts';
import type { Progression } from '../../../server/domain/state.ts';
import { prepareWorkflow } from '../../../server/domain/workflow.ts';
import type { Workflow } from '../../../server/domain/workflow.ts';
import { normalizeActivities, parseActivities } from '../../support/read-activities.ts';

const guide = await readFile(new URL('../../../docs/agent-contract.md', import.meta.url), 'utf8');
const workflow = await shippedWorkflow('leave-request');
const beginning: Progression = {
  status: 'active',
  collected: {},
  passedSteps: [],
  turnCount: 0,
  awaitsConfirmation: false,
};

async function shippedWorkflow(id: string): Promise<Workflow> {
  const loaded = await loadDefinitions(fileURLToPath(new URL('../../../workflows', import.meta.url)));
  const definition = loaded.ok ? loaded.definitions.find((one) => one.id === id) : undefined;
  if (definition === undefined) throw new Error(`there is no shipped workflow ${id}`);
  return prepareWorkflow(definition);
}

function only(pattern: RegExp): string {
  const [found, ...others] = [...guide.matchAll(pattern)].map(([, group]) => group);
  if (found === undefined || others.length > 0) throw new Error(`${String(pattern)} must be there once`);
  return found;
}

const instruction = only(/<!-- the instruction -->\n````text\n([\s\S]*?)\n````/g);
const words = [...instruction.matchAll(/^Person: (.*)$/gm)].map(([, said]) => said);
const answers = instruction
  .split(/^Person: .*\nYou:\n/m)
  .slice(1)
  .map((answer) => answer.trim());

const lastPart = {
  'the client offers a yes or no': { status: 'active', awaitsConfirmation: true },
  'the next field is asked for': { status: 'active', awaitsConfirmation: false },
  'the workflow is completed': { status: 'completed', awaitsConfirmation: false },
} as const;

function rows(): { collected: unknown; from: string; to: string; then: object }[] {
  return [...guide.matchAll(/^\| \d \| `(\{.*\})` \| (\S+) → (\S+) \| (.*) \|$/gm)].map(
    ([, collected = '', from = '', to = '', then = '']) => {
      const known = Object.entries(lastPart).find(([phrase]) => phrase === then);
      if (known === undefined) throw new Error(`what "${then}" means is not known here`);
      return { collected: JSON.parse(collected) as unknown, from, to, then: known[1] };
    },
  );
}

describe('the instruction to paste', () => {
  it('holds examples that lead through a shipped workflow as the guide says', () => {
    expect(answers).toHaveLength(words.length);
    let state = beginning;
    const results = answers.map((text) => {
      const parsed = parseActivities([{ type: 'message', text }]);
      const { next, delta } = reduceTurn(workflow, state, parsed);
      expect(delta).toMatchObject({ parse: 'structured', parseIssues: [], rejected: [], ignored: [] });
      state = next;
      const { status, awaitsConfirmation } = next;
      return { collected: delta.collected, ...delta.step, then: { status, awaitsConfirmation } };
    });
    expect(results).toEqual(rows());
    expect(state).toMatchObject({
      status: 'completed',
      collected: { from: '2026-12-24', days: 3, kind: 'annual leave', coveredBy: 'Sam' },
    });
  });

  it('holds examples of which the person sees only the words', () => {
    const options = { turn: 1, prompt: null, cards: workflow.cards };
    for (const text of answers) {
      const { messages, issues } = normalizeActivities([{ type: 'message', text }], options);
      expect(issues).toEqual([]);
      expect(messages.map((message) => message.text)).toEqual([text.slice(0, text.indexOf('```')).trim()]);
    }
  });

  it('names the marks that a query has, and the actions and keys that an answer may have', () => {
    const mark = 'the-mark';
    const position = findPosition(workflow, beginning);
    const context = { workflow, position, collected: {}, turnNumber: 1, retold: [] };
    for (const userText of ['Good day', null]) {
      const query = buildContextualQuery(context, {
        ...{ userText, occasion: 'arrived', contextMaxChars: 6_000 },
        newMark: () => mark,
      });
      for (const [, label = ''] of query.matchAll(/^\[(?!end of)([a-z ]+) the-mark\]$/gm)) {
        expect(instruction).toContain(`"[${label} …]"`);
      }
    }
    for (const named of ['"ask"', '"confirm"', '"complete"', '"error"', '"data"', '"step"', '"citations"']) {
      expect(instruction).toContain(named);
    }
  });
});

describe('the guide to the contract', () => {
  it('shows the query as it is', () => {
    const shown = only(/<!-- the query -->\n```text\n([\s\S]*?)\n```\n/g);
    const userText = /\[user \S+\]\n([\s\S]*)\n\[end of user/.exec(shown)?.[1] ?? '';
    expect(userText).toBe(words[0]);
    const position = findPosition(workflow, beginning);
    const query = buildContextualQuery(
      { workflow, position, collected: {}, turnNumber: 1, retold: [] },
      { userText, occasion: '', contextMaxChars: 6_000, newMark: () => '7f3a9c' },
    );
    expect(shown).toBe(query.replaceAll(/ +$/gm, ''));
  });

  const places = [...guide.matchAll(/^\| `(\w+)` \| (high|medium|low) \|/gm)].map(
    ([, place = '', confidence = '']) => ({ place, confidence }),
  );
  const examples = new Map(
    [...guide.matchAll(/^### `(\w+)`\n\n```json\n([\s\S]*?)\n```/gm)].map(
      ([, place = '', json = '']) => [place, activitySchema.parse(JSON.parse(json))] as const,
    ),
  );
  const exampleOf = ({ place }: { place: string }): Activity => {
    const example = examples.get(place);
    if (example === undefined) throw new Error(`there is no example for ${place}`);
    return example;
  };

  it('lists every place that structure is looked for in, with its confidence', () => {
    expect(Object.fromEntries(places.map(({ place, confidence }) => [place, confidence]))).toEqual(
      confidenceOf,
    );
  });

  it.each(places)('shows an answer whose structure is found in its $place', ({ place, confidence }) => {
    const parsed = parseActivities([exampleOf({ place })]);
    expect(parsed).toMatchObject({
      parse: 'structured',
      parseIssues: [],
      payload: { source: place, confidence },
    });
    expect(reduceTurn(workflow, beginning, parsed).delta).toMatchObject({
      collected: { from: '2026-12-24' },
      rejected: [],
      ignored: [],
    });
  });

  it('lists the places in the order in which they count', () => {
    for (const [index, { place }] of places.entries()) {
      // The places come in reverse order, so that their order in the answer decides nothing.
      const rest = places.slice(index).map(exampleOf).reverse();
      expect(parseActivities(rest).payload?.source).toBe(place);
    }
  });
});
