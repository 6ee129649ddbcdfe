import type { PayloadSource } from '../../contract/results.ts';
import type { Activity } from './activity.ts';
import { partsOf } from './text/visible-text.ts';
import { withoutThoughts } from './text/thought-filter.ts';
import { readContract, readContractsText } from './contract.ts';
import type { Contract, ContractReading } from './contract.ts';
import { limits } from '../domain/limits.ts';
import { boundCitations, citationsOfEntity } from './normalize/citations.ts';
import { readCardContent } from './normalize/card-content.ts';
import { userVisibleActivities } from './normalize/user-visible-activities.ts';
import { isServiceEntity } from './normalize/service-entities.ts';
import { ownProperty } from '../domain/json.ts';
import { boundIssues } from '../domain/parse-issues.ts';
import { confidenceOf } from '../domain/parsed-turn.ts';
import type { AgentEnd, ParsedTurn } from '../domain/parsed-turn.ts';
import type { Workflow } from '../domain/workflow.ts';

interface Candidate {
  readonly source: PayloadSource;
  readonly reading: ContractReading;
  /** Whether it counts even where it says nothing to this workflow: services send values of their own with events. */
  readonly isOurs: boolean;
}

/** What a contract may name. */
type Names = Pick<Workflow, 'fields' | 'steps'>;

/**
 * Finds the structure in an agent's answer: in the activities' `value`s, then their `channelData`, `entities`, cards'
 * `data`, fenced blocks, and JSON that stands in a text by itself. The first one that says something to the workflow
 * counts (it names a field or a step, or an action); bad ones before it are reported and do not hide it. Only what is
 * said to the person is looked at. Never throws; bounded in time and size by `limits`.
 * @param names the workflow's; without it every contract counts
 */
export function parseTurn(activities: readonly Activity[], names: Names | null = null): ParsedTurn {
  // What is odd about the activities themselves is reported where they become messages.
  const said = userVisibleActivities(activities, () => undefined);
  const { contract, source, issues, prompt } = findContract(said, names);
  const data = contract?.data ?? {};
  return {
    parse: contract !== null ? 'structured' : issues.length > 0 ? 'invalid' : 'passthrough',
    parseIssues: boundIssues(issues),
    payload: source === null ? null : { source, confidence: confidenceOf[source], data },
    data: new Map(Object.entries(data)),
    action: contract?.action ?? null,
    step: contract?.step ?? null,
    prompt: prompt === null ? null : withoutThoughts(prompt),
    citations: boundCitations(citationsIn(contract, said)),
    agentEnd: agentEndOf(said),
  };
}

interface Found {
  readonly contract: Contract | null;
  readonly source: PayloadSource | null;
  readonly issues: readonly string[];
  /** What it asks; of one that is malformed too, where nothing better is said. */
  readonly prompt: string | null;
}

function findContract(said: readonly Activity[], names: Names | null): Found {
  const issues: string[] = [];
  let weak: { readonly source: PayloadSource; readonly contract: Contract } | null = null;
  let prompt: string | null = null;
  for (const { source, reading, isOurs } of candidates(said)) {
    if (issues.length >= limits.structureFaults) break;
    switch (reading.kind) {
      case 'other':
        break;
      case 'malformed':
        issues.push(...reading.issues.map((issue) => `${source}: ${issue}`));
        prompt ??= reading.prompt;
        break;
      case 'contract': {
        const { contract } = reading;
        if (names === null || saysSomething(contract, names)) {
          return { source, contract, issues, prompt: contract.prompt ?? null };
        }
        if (isOurs) weak ??= { source, contract };
      }
    }
  }
  if (weak !== null) return { ...weak, issues, prompt: weak.contract.prompt ?? null };
  return { source: null, contract: null, issues, prompt };
}

/** Whether a contract is about this workflow: others use such keys for their own purposes. */
function saysSomething({ action, data, step }: Contract, { fields, steps }: Names): boolean {
  return (
    (action ?? null) !== null ||
    steps.some(({ id }) => id === step) ||
    Object.keys(data ?? {}).some((name) => fields.has(name))
  );
}

/** The contract's own first, then those that the answer's entities name. */
function* citationsIn(contract: Contract | null, said: readonly Activity[]): Generator {
  yield* contract?.citations ?? [];
  for (const { entities = [] } of said) {
    for (const entity of entities) yield* citationsOfEntity(entity);
  }
}

function agentEndOf(said: readonly Activity[]): AgentEnd | null {
  const end = said.findLast(({ type }) => type === 'endOfConversation');
  if (end === undefined) return null;
  const code = end.code ?? 'completedSuccessfully';
  return code === 'completedSuccessfully' ? 'completed' : 'broken-off';
}

/** The places that may hold structure, in the order that docs/workflows.md gives; read one by one, as they are asked for. */
function* candidates(said: readonly Activity[]): Generator<Candidate> {
  for (const { value, type } of said) yield* valueCandidates(value, type !== 'event');
  for (const { channelData } of said) {
    yield { source: 'channelData', reading: readContract(channelData), isOurs: true };
  }
  for (const { entities = [] } of said) {
    for (const entity of entities.filter((item) => !isServiceEntity(item))) {
      yield { source: 'entities', reading: readContract(entity), isOurs: true };
    }
  }
  for (const { attachments = [] } of said) {
    for (const attachment of attachments)
      yield { source: 'card', reading: readContract(cardData(attachment)), isOurs: true };
  }
  yield* textCandidates(said);
}

/** Copilot Studio's topics may send a value as the text of its JSON. */
function* valueCandidates(value: unknown, isOurs: boolean): Generator<Candidate> {
  const readings =
    typeof value === 'string' && isWholeObject(value) ? readContractsText(value) : [readContract(value)];
  for (const reading of readings) yield { source: 'value', reading, isOurs };
}

/** A block comes before JSON that has none, as it was put there on purpose. */
function* textCandidates(said: readonly Activity[]): Generator<Candidate> {
  let charsLeft: number = limits.readTextChars;
  const texts = said.flatMap(({ text = '' }) => {
    charsLeft -= Math.min(text.length, limits.readCharsOfText);
    return text === '' || charsLeft < 0 ? [] : [{ text, parts: partsOf(text) }];
  });
  for (const isBlock of [true, false]) {
    for (const part of texts.flatMap(({ parts }) => parts).filter((one) => one.isBlock === isBlock)) {
      for (const reading of part.readings) yield { source: 'text', reading, isOurs: true };
    }
  }
  // A text in braces was meant as JSON, even where nothing in it is.
  for (const { text, parts } of texts) {
    if (!isWholeObject(text) || parts.some(({ readings }) => readings.length > 0)) continue;
    for (const reading of readContractsText(text)) yield { source: 'text', reading, isOurs: true };
  }
}

function isWholeObject(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.startsWith('{') && trimmed.endsWith('}');
}

/** An Adaptive Card's own `data`, where an agent puts the contract into an attachment. */
function cardData(attachment: unknown): unknown {
  return ownProperty(readCardContent(ownProperty(attachment, 'content')), 'data');
}
