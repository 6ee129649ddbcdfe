/** What a finish reason says of an answer. */
export type End =
  | 'whole'
  /** Nothing that anybody knows: a good end, unless the answer itself shows that it breaks off. */
  | 'unknown'
  | 'length'
  | 'filter'
  | 'tool'
  | 'fault';

// OpenAI's, and those of servers and gateways that hand on their engine's own: llama.cpp, TGI, vLLM, Ollama, Anthropic,
// Gemini, Cohere, Mistral, DeepSeek, Zhipu. Without what differs by taste: case, blanks, underscores and hyphens.
const ends: ReadonlyMap<string, End> = new Map([
  ...words(
    'whole',
    'stop stopped eos eostoken stopsequence stopword stoptoken endturn endofturn eot eom end complete',
  ),
  ...words('whole', 'completed done finished finish success normal'),
  ...words(
    'length',
    'length maxtokens maxlength modellength maxoutputtokens maxnewtokens tokenlimit contextlength',
  ),
  ...words(
    'length',
    'contextwindowexceeded modelcontextwindowexceeded limit lengthlimit incomplete truncated',
  ),
  ...words(
    'filter',
    'contentfilter contentfiltered safety recitation blocklist prohibitedcontent spii refusal',
  ),
  ...words('filter', 'sensitive language errortoxic toxic imagesafety guardrailintervened moderation'),
  ...words('tool', 'toolcalls toolcall tooluse functioncall functioncalls'),
  ...words('tool', 'malformedfunctioncall unexpectedtoolcall pauseturn'),
]);

function words(end: End, names: string): [string, End][] {
  return names.split(' ').map((name) => [name, end]);
}

const faults = /error|abort|cancel|fail|timeout|interrupt|insufficient|exceed|kill|preempt|unavailable/;

export function readFinishReason(reason: string): End {
  // Gemini's enum says what it is of.
  const plain = reason
    .toLowerCase()
    .replaceAll(/[\s_.:-]/g, '')
    .replace(/^finishreason/, '');
  return ends.get(plain) ?? (faults.test(plain) ? 'fault' : 'unknown');
}
