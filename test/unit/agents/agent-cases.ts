import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Activity } from '../../../server/answer/activity.ts';
import { prepareWorkflow } from '../../../server/domain/workflow.ts';
import { AnswerBuffer } from '../../../server/answer/collect-answer.ts';
import { normalizeAnswer } from '../../../server/answer/normalize/normalize-answer.ts';
import { parseTurn } from '../../../server/answer/parse-turn.ts';
import vendorOnboarding from '../../../workflows/vendor-onboarding.ts';
import { done, event, opening } from '../../support/openai-server/chunks.ts';

const chunkSchema = z.looseObject({ finish_reason: z.string().nullish(), delta: z.unknown() });
const streamItem = z.union([
  z.string(),
  z.object({ choices: z.array(z.never()), usage: z.unknown() }),
  chunkSchema,
]);
const modelCase = z.object({
  case: z.string(),
  content: z.string().optional(),
  stream: z.array(streamItem).optional(),
  right: z.enum(['value', 'words', 'fail']),
});
const activityCase = z.object({
  case: z.string(),
  activities: z.array(z.looseObject({ type: z.string() })),
  right: z.union([z.string(), z.array(z.string())]).optional(),
});
const casesSchema = z.object({
  ...{ M1: z.array(modelCase), M2: z.array(modelCase), M3: z.array(modelCase) },
  ...{ M4: z.array(modelCase), M5: z.array(modelCase) },
  ...{ C1: z.array(activityCase), C2: z.array(activityCase), C3: z.array(activityCase) },
  ...{ C4: z.array(activityCase), C5: z.array(activityCase), C6: z.array(activityCase) },
});

export type ModelCase = z.infer<typeof modelCase>;

/** Answers that an earlier version misread, with the right results. */
export const cases = casesSchema.parse(
  JSON.parse(readFileSync(new URL('../../cases/agents.json', import.meta.url), 'utf8')),
);

export const prompt = 'Noted. What kind of company is it?';
export const words = 'What is the company called?';
export const structure = JSON.stringify({
  prompt,
  action: 'ask',
  step: null,
  data: { legalName: 'Acme Ltd', legalForm: null, website: null },
  clear: [],
});
// The split point for the case with an extra comma.
const half = structure.indexOf('"data"');

function filledIn(text: string): string {
  return text
    .replaceAll('<J>', structure)
    .replaceAll('<J1>', structure.slice(0, half))
    .replaceAll('<J2>', structure.slice(half));
}

/** Returns the complete content of a case, if it is one text. */
export function contentOf({ content = '' }: ModelCase): string {
  return filledIn(content);
}

/** Returns the frames of a case's stream. */
export function framesOf(modelCase: ModelCase): string[] {
  if (modelCase.content !== undefined) return framesOfContent([contentOf(modelCase)]);
  return (modelCase.stream ?? []).map((item) => {
    if (typeof item === 'string') return `${item}\n\n`;
    if ('choices' in item) return event(item);
    return event({ choices: [JSON.parse(filledInJson(item))] });
  });
}

/** Fills in the structure as part of a string in the chunk's own JSON. */
function filledInJson(item: object): string {
  return JSON.stringify(item, (_key, value: unknown) =>
    typeof value === 'string' ? filledIn(value) : value,
  );
}

export function framesOfContent(pieces: readonly string[]): string[] {
  return [
    opening,
    ...pieces.map((content) => event({ choices: [{ index: 0, finish_reason: null, delta: { content } }] })),
    event({ choices: [{ index: 0, finish_reason: 'stop', delta: {} }] }),
    done,
  ];
}

const workflow = prepareWorkflow(vendorOnboarding);

/** Returns what the person and the state get from an answer, and every text that was shown on the way. */
export function read(activities: readonly Activity[]) {
  const answer = new AnswerBuffer();
  const shown = new Map<string, string>();
  const everShown: string[] = [];
  for (const activity of activities) {
    answer.take(activity);
    for (const { streamId, text } of answer.shown.texts) {
      if (shown.get(streamId) === text) continue;
      shown.set(streamId, text);
      everShown.push(text);
    }
  }
  const complete = answer.complete();
  const parsed = parseTurn(complete, workflow);
  const { messages, issues } = normalizeAnswer(complete, {
    ...{ turn: 1, prompt: parsed.prompt },
    cards: { allowedActions: null, allowedHosts: [] },
  });
  return {
    parsed,
    messages,
    issues: [...complete.issues, ...issues],
    texts: messages.map(({ text }) => text),
    everShown,
  };
}
