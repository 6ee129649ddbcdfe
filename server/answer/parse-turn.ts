/**
 * The structure in an agent's answer (docs/agent-contract.md).
 *
 * The job: look for the agent contract in the places that may hold it, in their order, and return what the first
 * contract for this workflow says, with its citations and the agent's own end of the conversation. The boundary:
 * `ReadAnswer` in, `ParsedTurn` out; the reducer checks the values against the schemas and merges them (I10), and
 * messages are made from the same read answer by `normalize/`. It keeps that
 * - parsing never throws, and `limits` bound its time and size (I11);
 * - a contract that is malformed, or says nothing to this workflow, does not hide a good one after it;
 * - a place is read only when no place before it held a contract that counts.
 */
import type { PayloadSource } from '../../contract/results.ts';
import { ownProperty } from '../domain/json.ts';
import { limits } from '../domain/limits.ts';
import { boundIssues } from '../domain/parsed-turn.ts';
import { confidenceOf } from '../domain/parsed-turn.ts';
import type { AgentEnd, ParsedTurn } from '../domain/parsed-turn.ts';
import type { Workflow } from '../domain/workflow.ts';
import { readContract, readContractsText } from './structure/agent-contract.ts';
import type { Contract, ContractReading } from './structure/agent-contract.ts';
import { readCardContent } from './cards/card-node.ts';
import { boundCitations, citationsOfEntity, isServiceEntity } from './entities.ts';
import type { ReadAnswer, SaidActivity } from './read-answer.ts';
import { withoutThoughts } from './text/thought-filter.ts';
import { partsOf } from './text/visible-text.ts';

interface Candidate {
  readonly source: PayloadSource;
  readonly reading: ContractReading;
  /** Counts even where it says nothing to this workflow. False in events, whose values services use for themselves. */
  readonly isOurs: boolean;
}

/** Names that a contract may use. */
type WorkflowNames = Pick<Workflow, 'fields' | 'steps'>;

/**
 * The first contract that says something to the workflow counts: it names a field or a step, or an action. Bad ones
 * before it are reported.
 * @param names the workflow's; without it every contract counts
 */
export function parseTurn(
  { said }: Pick<ReadAnswer, 'said'>,
  names: WorkflowNames | null = null,
): ParsedTurn {
  const { contract, source, issues, prompt } = findContract(said, names);
  const data = contract?.data ?? {};
  return {
    parse: contract !== null ? 'structured' : issues.length > 0 ? 'invalid' : 'passthrough',
    parseIssues: boundIssues(issues),
    payload: source === null ? null : { source, confidence: confidenceOf[source], data },
    data: new Map(Object.entries(data)),
    action: contract?.action ?? null,
    step: contract?.step ?? null,
    more: contract?.more ?? null,
    prompt: prompt === null ? null : withoutThoughts(prompt),
    citations: boundCitations(citationsIn(contract, said)),
    agentEnd: agentEndOf(said),
  };
}

interface Found {
  readonly contract: Contract | null;
  readonly source: PayloadSource | null;
  readonly issues: readonly string[];
  /** The question to the person; from a malformed contract, where there is no better one. */
  readonly prompt: string | null;
}

function findContract(said: readonly SaidActivity[], names: WorkflowNames | null): Found {
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

/** Returns whether a contract is about this workflow: others use such keys for their own purposes. */
function saysSomething({ action, data, step }: Contract, { fields, steps }: WorkflowNames): boolean {
  return (
    (action ?? null) !== null ||
    steps.some(({ id }) => id === step) ||
    Object.keys(data ?? {}).some((name) => fields.has(name))
  );
}

/** Yields the contract's own citations, then those that the answer's entities name. */
function* citationsIn(contract: Contract | null, said: readonly SaidActivity[]): Generator {
  yield* contract?.citations ?? [];
  for (const { entities = [] } of said) {
    for (const entity of entities) yield* citationsOfEntity(entity);
  }
}

function agentEndOf(said: readonly SaidActivity[]): AgentEnd | null {
  const end = said.findLast(({ type }) => type === 'endOfConversation');
  if (end === undefined) return null;
  const code = end.code ?? 'completedSuccessfully';
  return code === 'completedSuccessfully' ? 'completed' : 'broken-off';
}

/** Yields the places that may hold structure, in the order that docs/agent-contract.md gives. */
function* candidates(said: readonly SaidActivity[]): Generator<Candidate> {
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

/** Reads a value, or the text of its JSON, which Copilot Studio's topics may send. */
function* valueCandidates(value: unknown, isOurs: boolean): Generator<Candidate> {
  const readings =
    typeof value === 'string' && isWholeObject(value) ? readContractsText(value) : [readContract(value)];
  for (const reading of readings) yield { source: 'value', reading, isOurs };
}

/** Yields fenced blocks before bare JSON, because a block is there on purpose. */
function* textCandidates(said: readonly SaidActivity[]): Generator<Candidate> {
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
  // A text in braces was meant as JSON, even where no part of it is.
  for (const { text, parts } of texts) {
    if (!isWholeObject(text) || parts.some(({ readings }) => readings.length > 0)) continue;
    for (const reading of readContractsText(text)) yield { source: 'text', reading, isOurs: true };
  }
}

function isWholeObject(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.startsWith('{') && trimmed.endsWith('}');
}

/** Returns an Adaptive Card's own `data`, where an agent puts the contract into an attachment. */
function cardData(attachment: unknown): unknown {
  return ownProperty(readCardContent(ownProperty(attachment, 'content')), 'data');
}
