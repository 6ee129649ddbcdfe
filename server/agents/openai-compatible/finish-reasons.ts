/** The meaning of a finish reason. */
export type End =
  | 'whole'
  /** A reason that is not in the list: a good end, unless the answer itself shows that it breaks off. */
  | 'unknown'
  | 'length'
  | 'filter'
  | 'tool'
  | 'fault';

// The finish reasons of OpenAI, and of servers and gateways that pass on their engine's own: llama.cpp, TGI, vLLM,
// Ollama, Anthropic, Gemini, Cohere, Mistral, DeepSeek, Zhipu. Case, blanks, underscores and hyphens are removed.
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
  // Gemini's values begin with the name of their enum.
  const plain = reason
    .toLowerCase()
    .replaceAll(/[\s_.:-]/g, '')
    .replace(/^finishreason/, '');
  return ends.get(plain) ?? (faults.test(plain) ? 'fault' : 'unknown');
}
