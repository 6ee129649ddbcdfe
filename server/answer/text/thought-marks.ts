/** A mark that a model's template leaves in its text: where thoughts begin or end, or where the answer does. */
export type ModelMark =
  | { readonly kind: 'opens' | 'closes'; readonly thought: string }
  /** Names what follows up to another mark: `<|channel|>analysis<|message|>`, `<|im_start|>assistant`. */
  | { readonly kind: 'header' }
  | { readonly kind: 'headerEnds' }
  /** The end of a message, or any other token of a template: nothing of the answer stands after it. */
  | { readonly kind: 'token' }
  /** Closes an answer only where nothing follows: `</s>` is a tag of HTML, too. */
  | { readonly kind: 'wrapper' }
  /** Around a call of a tool, which is on lines of its own, whatever stands before the mark. */
  | { readonly kind: 'call' };

// DeepSeek, Qwen, GLM and others: think. Prompted models: thinking, reasoning, reflection, scratchpad. Gemini and
// EXAONE: thought. ByteDance's Seed: seed:think. LongCat: longcat_think.
const thoughtNames = [
  ...['think', 'thinking', 'thought', 'thoughts', 'reasoning', 'reflection', 'scratchpad'],
  ...['seed:think', 'longcat_think'],
];
// Tags around the answer of models that mark their thoughts, and the plain tags that end or begin a text.
const wrapperNames = ['answer', 'output', 'response', 's', 'bos', 'eos', 'start_of_turn', 'end_of_turn'];

const callNames = ['tool_call', 'tool_calls', 'function_call', 'function_calls', 'tool_code', 'tools'];
const names: ReadonlySet<string> = new Set([...thoughtNames, ...wrapperNames, ...callNames]);

const byText: ReadonlyMap<string, ModelMark> = new Map<string, ModelMark>([
  // Magistral, Kimi, Sky-T1 and OpenThinker, Command A.
  ...pair('[THINK]', '[/THINK]'),
  ...pair('◁think▷', '◁/think▷'),
  ...pair('<|begin_of_thought|>', '<|end_of_thought|>'),
  ...pair('<|START_THINKING|>', '<|END_THINKING|>'),
  // gpt-oss, where a server leaves its channels in the text; ChatML; Llama.
  ...['<|start|>', '<|channel|>', '<|im_start|>', '<|start_header_id|>'].map((text): [string, ModelMark] => [
    text,
    { kind: 'header' },
  ]),
  ...['<|message|>', '<|end_header_id|>'].map((text): [string, ModelMark] => [text, { kind: 'headerEnds' }]),
  ['[/INST]', { kind: 'token' }],
  ['[TOOL_CALLS]', { kind: 'call' }],
  ['[/TOOL_CALLS]', { kind: 'call' }],
]);

function pair(opening: string, closing: string): [string, ModelMark][] {
  return [
    [opening, { kind: 'opens', thought: opening }],
    [closing, { kind: 'closes', thought: opening }],
  ];
}

const tag = /^<\s{0,2}(\/?)\s{0,2}([a-z_:]{1,20})(?:\s[^<>]{0,60})?(\/?)>$/i;
const token = /^<[|｜][ \w▁/-]{1,40}[|｜]>$/;

/** The longest that a mark can be. */
const longestMark = 96;

const terminators: ReadonlyMap<string, string> = new Map([
  ['<', '>'],
  ['[', ']'],
  ['◁', '▷'],
]);

const beginning = /<(?:[\s/|｜a-z]|$)|\[(?:[/t]|$)|◁(?:[/t]|$)/iy;

/** Returns whether a mark may begin with this character. */
export function isMarkStart(char: string): boolean {
  return terminators.has(char);
}

/**
 * Reads the mark that may stand at a place of a text.
 * @returns null for no mark; `incomplete` where more of the text would tell
 */
export function readMark(
  text: string,
  at: number,
): { readonly length: number; readonly mark: ModelMark } | 'incomplete' | null {
  beginning.lastIndex = at;
  if (!beginning.test(text)) return null;
  if (isOtherTag(text, at)) return null;
  const candidate = text.slice(at, at + longestMark);
  const end = candidate.indexOf(terminators.get(candidate.charAt(0)) ?? '');
  if (end === -1) return candidate.length < longestMark && mayBecomeMark(candidate) ? 'incomplete' : null;
  const whole = candidate.slice(0, end + 1);
  const mark = markOf(whole);
  return mark === null ? null : { length: whole.length, mark };
}

const tagName = /<\s{0,2}\/?\s{0,2}([a-z_:]{0,20})/iy;

/**
 * Returns whether a complete tag of another name begins there. Most tags are such, so that the rest need not be read.
 */
function isOtherTag(text: string, at: number): boolean {
  tagName.lastIndex = at;
  const [whole, name = ''] = tagName.exec(text) ?? [];
  if (whole === undefined || at + whole.length >= text.length) return false;
  if (name === '' && /[|｜\s/]/.test(text.charAt(at + whole.length)))
    return /[\s/]/.test(text.charAt(at + whole.length));
  return !names.has(name.toLowerCase());
}

function markOf(whole: string): ModelMark | null {
  const known = byText.get(whole) ?? byText.get(whole.toUpperCase());
  if (known !== undefined) return known;
  if (token.test(whole)) return { kind: 'token' };
  const [, slash, name, selfClosing] = tag.exec(whole) ?? [];
  if (name === undefined) return null;
  const lower = name.toLowerCase();
  if (thoughtNames.includes(lower)) {
    // `<think/>` holds nothing.
    if (selfClosing === '/') return { kind: 'wrapper' };
    return { kind: slash === '/' ? 'closes' : 'opens', thought: lower };
  }
  if (callNames.includes(lower)) return { kind: 'call' };
  return wrapperNames.includes(lower) ? { kind: 'wrapper' } : null;
}

const tagStart = /^<\s{0,2}\/?\s{0,2}(?:([a-z_:]*)|([a-z_:]{1,20})\s[^<>]{0,60})\/?$/i;
const tokenStart = /^<[|｜][ \w▁/-]{0,40}[|｜]?$/;

function mayBecomeMark(start: string): boolean {
  if (tokenStart.test(start)) return true;
  const upper = start.toUpperCase();
  if ([...byText.keys()].some((text) => text.startsWith(start) || text.startsWith(upper))) return true;
  const [whole, begun, name] = tagStart.exec(start) ?? [];
  if (whole === undefined) return false;
  if (name !== undefined) return names.has(name.toLowerCase());
  return [...names].some((known) => known.startsWith((begun ?? '').toLowerCase()));
}
