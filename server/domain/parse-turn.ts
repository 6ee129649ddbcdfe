import type { Activity } from './activity.ts';
import { readContract, readContractText } from './contract.ts';
import type { Contract, ContractReading } from './contract.ts';
import { findJsonBlocks } from './fenced-blocks.ts';
import { limits } from './limits.ts';
import { boundCitations, citationsOfEntity } from './normalize/citations.ts';
import { saidActivities } from './normalize/said-activities.ts';
import { isServiceEntity } from './normalize/service-entities.ts';
import { isWholeObject } from './normalize/visible-text.ts';
import { own } from './own-property.ts';
import { boundIssues } from './parse-issues.ts';
import { confidenceOf } from './parsed-turn.ts';
import type { AgentEnd, ParsedTurn, PayloadSource } from './parsed-turn.ts';

interface Candidate {
  readonly source: PayloadSource;
  readonly reading: ContractReading;
}

/**
 * Finds the structure in an agent's answer: in the activities' `value`s, then their `channelData`, `entities`, cards'
 * `data`, fenced `json` blocks, and whole texts. The first good one counts; bad ones before it are reported and do not
 * hide it. Only what is said to the person is looked at. Never throws; bounded in time and size by `limits`.
 */
export function parseTurn(activities: readonly Activity[]): ParsedTurn {
  // What is odd about the activities themselves is reported where they become messages.
  const said = saidActivities(activities, () => undefined);
  const { contract, source, issues } = findContract(said);
  const data = contract?.data ?? {};
  return {
    parse: contract !== null ? 'structured' : issues.length > 0 ? 'invalid' : 'passthrough',
    parseIssues: boundIssues(issues),
    payload: source === null ? null : { source, confidence: confidenceOf[source], data },
    data: new Map(Object.entries(data)),
    action: contract?.action ?? null,
    step: contract?.step ?? null,
    prompt: contract?.prompt ?? null,
    citations: boundCitations(citationsIn(contract, said)),
    agentEnd: agentEndOf(said),
  };
}

interface Found {
  readonly contract: Contract | null;
  readonly source: PayloadSource | null;
  readonly issues: readonly string[];
}

function findContract(said: readonly Activity[]): Found {
  const issues: string[] = [];
  for (const { source, reading } of candidates(said)) {
    if (issues.length >= limits.structureFaults) break;
    switch (reading.kind) {
      case 'other':
        break;
      case 'malformed':
        issues.push(...reading.issues.map((issue) => `${source}: ${issue}`));
        break;
      case 'contract':
        return { source, contract: reading.contract, issues };
    }
  }
  return { source: null, contract: null, issues };
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
  // Copilot Studio's topics may send a value as the text of its JSON.
  for (const { value } of said) {
    const reading =
      typeof value === 'string' && isWholeObject(value) ? readContractText(value) : readContract(value);
    yield { source: 'value', reading };
  }
  for (const { channelData } of said) yield { source: 'channelData', reading: readContract(channelData) };
  for (const { entities = [] } of said) {
    for (const entity of entities.filter((item) => !isServiceEntity(item))) {
      yield { source: 'entities', reading: readContract(entity) };
    }
  }
  for (const { attachments = [] } of said) {
    for (const attachment of attachments)
      yield { source: 'card', reading: readContract(cardData(attachment)) };
  }
  const texts = said.flatMap(({ text }) => (text === undefined ? [] : [text]));
  for (const text of texts) {
    for (const block of findJsonBlocks(text)) {
      yield { source: 'text', reading: readContractText(block.content) };
    }
  }
  for (const text of texts.filter(isWholeObject)) yield { source: 'text', reading: readContractText(text) };
}

/** An Adaptive Card's own `data`, where an agent puts the contract into an attachment. */
function cardData(attachment: unknown): unknown {
  return own(own(attachment, 'content'), 'data');
}
