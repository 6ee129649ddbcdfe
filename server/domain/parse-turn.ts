import type { Activity } from './activity.ts';
import { readContract, readContractText } from './contract.ts';
import type { Contract, ContractReading } from './contract.ts';
import { findJsonBlocks } from './fenced-blocks.ts';
import { limits } from './limits.ts';
import { confidenceOf } from './parsed-turn.ts';
import type { ParsedTurn, PayloadSource } from './parsed-turn.ts';
import { isWebAddress } from './web-address.ts';

interface Candidate {
  readonly source: PayloadSource;
  readonly reading: ContractReading;
}

/**
 * Finds the structure in an agent's answer: in the activities' `value`s, then their `channelData`, `entities`, cards'
 * `data`, fenced `json` blocks, and whole texts. The first good one counts; bad ones before it are reported and do not
 * hide it. Never throws; bounded in time and size by `limits`.
 */
export function parseTurn(activities: readonly Activity[]): ParsedTurn {
  const issues: string[] = [];
  for (const { source, reading } of candidates(activities)) {
    if (issues.length >= limits.structureFaults) break;
    switch (reading.kind) {
      case 'other':
        break;
      case 'malformed':
        issues.push(...reading.issues.map((issue) => `${source}: ${issue}`));
        break;
      case 'contract':
        return fromContract(source, reading.contract, boundIssues(issues));
    }
  }
  return {
    parse: issues.length > 0 ? 'invalid' : 'passthrough',
    parseIssues: boundIssues(issues),
    payload: null,
    data: new Map(),
    action: null,
    step: null,
    prompt: null,
    citations: [],
  };
}

function boundIssues(issues: readonly string[]): string[] {
  return issues.slice(0, limits.parseIssues);
}

function fromContract(source: PayloadSource, contract: Contract, parseIssues: string[]): ParsedTurn {
  const data = contract.data ?? {};
  return {
    parse: 'structured',
    parseIssues,
    payload: { source, confidence: confidenceOf[source], data },
    data: new Map(Object.entries(data)),
    action: contract.action ?? null,
    step: contract.step ?? null,
    prompt: contract.prompt ?? null,
    citations: (contract.citations ?? []).filter(isCitation).slice(0, limits.citations),
  };
}

function isCitation(citation: unknown): citation is string {
  return typeof citation === 'string' && citation.length <= limits.citationChars && isWebAddress(citation);
}

/** The places that may hold structure, in the order that docs/workflows.md gives; read one by one, as they are asked for. */
function* candidates(activities: readonly Activity[]): Generator<Candidate> {
  const speaking = activities.filter((activity) => activity.type === 'message' || activity.type === 'event');
  for (const { value } of speaking) yield { source: 'value', reading: readContract(value) };
  for (const { channelData } of speaking) yield { source: 'channelData', reading: readContract(channelData) };
  for (const { entities = [] } of speaking) {
    for (const entity of entities.filter((item) => !isStreamInfo(item))) {
      yield { source: 'entities', reading: readContract(entity) };
    }
  }
  for (const { attachments = [] } of speaking) {
    for (const attachment of attachments)
      yield { source: 'card', reading: readContract(cardData(attachment)) };
  }
  const texts = speaking.flatMap(({ text }) => (text === undefined ? [] : [text]));
  for (const text of texts) {
    for (const block of findJsonBlocks(text)) {
      yield { source: 'text', reading: readContractText(block.content) };
    }
  }
  for (const text of texts.filter(isWholeObject)) yield { source: 'text', reading: readContractText(text) };
}

/** Whether a text is, from end to end, something that looks like one JSON object. */
export function isWholeObject(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.startsWith('{') && trimmed.endsWith('}');
}

function isStreamInfo(entity: unknown): boolean {
  return property(entity, 'type') === 'streaminfo';
}

/** An Adaptive Card's own `data`, where an agent puts the contract into an attachment. */
function cardData(attachment: unknown): unknown {
  return property(property(attachment, 'content'), 'data');
}

function property(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(key);
}
