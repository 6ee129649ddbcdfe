import { plainWords, straightQuotes } from './field/plain-words.ts';

export type Command = 'help' | 'status' | 'back' | 'undo' | 'restart' | 'skip' | 'stop' | 'greeting';

const polite =
  /^(?:please |can (?:you|we|i) |could (?:you|we|i) |let's |i(?:'d| would) like to |i want to |ok |okay |oops )+|(?: please| thanks| thank you| now)+$/g;

const commands: readonly (readonly [Command, RegExp])[] = [
  [
    'help',
    /^(?:help(?: me)?|what|why|huh|options|commands|(?:show |list )?(?:me )?(?:the |my )?(?:options|choices)|what (?:are|were) (?:the|my) (?:options|choices)|what (?:do|does) (?:you|that|this|it) mean|what's (?:that|this)|what is (?:that|this)|what (?:should|can|do) i (?:say|do|answer|write)|explain(?: (?:it|that|this))?|i don't understand(?: .{0,30})?|why do you (?:need|ask)(?: .{0,30})?)$/,
  ],
  [
    'status',
    /^(?:(?:show |give )?(?:me )?(?:the |a |my )?(?:status|summary|overview|progress)(?: so far)?|summari[sz]e|recap|review(?: it| everything)?|where (?:are we|am i|were we)|what (?:do|have) (?:you|we|i) (?:have|got|said)(?: so far)?|how (?:far|much) .{0,40})$/,
  ],
  [
    'back',
    /^(?:(?:go |step |one step |take me )?back|previous|go to the previous (?:one|question)|(?:the )?previous question|back up|go back (?:one|a step|one step))$/,
  ],
  [
    'undo',
    /^(?:undo|take (?:that|it) back|revert)(?: (?:that|it|this|the last (?:one|change|answer)|my last (?:change|answer)))?$/,
  ],
  [
    'restart',
    /^(?:start (?:over|again|from scratch|from the beginning)|begin again|restart|reset)(?: (?:it|this|everything|from scratch|the (?:form|request|conversation)))?$/,
  ],
  [
    'skip',
    /^(?:skip(?: (?:it|this|that|this one|this question))?|pass|next(?: question)?|later|ask me later|leave (?:it|that) (?:empty|blank|out)|(?:i )?don't know(?: yet)?|i do not know(?: yet)?|(?:i'm )?not sure(?: yet)?|(?:i have )?no idea|(?:i'd )?rather not(?: say)?|i don't want to (?:say|tell|answer)|idk|dunno)$/,
  ],
  [
    'stop',
    /^(?:(?:stop|cancel|quit|exit|end|abort)(?: (?:it all|all of it|everything|this|here|(?:the|this|my) (?:chat|conversation|request|form|workflow)))?|stop it|(?:good)?bye|give up|i give up)$/,
  ],
  [
    'greeting',
    /^(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|thanks|thank you|thx|ok|okay|cool|great|hi there|hello there|hey there|start|begin|let's (?:go|start|begin)|go(?: ahead)?|ready|i'm ready)$/,
  ],
];

const longestCommand = 80;

/** Reads a message that is a command from end to end. A message that only begins like a command is an answer. */
export function readCommand(text: string): Command | null {
  const trimmed = text.trim();
  if (/^[?¿]+$/.test(trimmed)) return 'help';
  if (trimmed.length > longestCommand) return null;
  const said = plainWords(trimmed).replace(polite, '').trim();
  return commands.find(([, pattern]) => pattern.test(said))?.[0] ?? null;
}

const question =
  /^(?:what|why|how|which|who|where|when|do|does|is|are|can|could|should|must|may|would|will)\b.{2,200}\?$/is;

/** True for a text that is certainly a question: it begins and ends as one. */
export function isQuestion(text: string): boolean {
  return question.test(text.trim());
}

const interrogative =
  /^(?:(?:and|but|so|ok|okay|well),? )?(?:what|why|how|which|who|whose|where|when)(?:'?s)?\b/i;
const proposal = /^(?:what|how) about\b/i;
const inverted = /^(?:do|does|did|is|are|can|could|should|must|would) \S+ \S/i;

/**
 * True for a question that asks for information, whatever else it holds: "what is a sole trader?", but not "is Monday
 * fine?".
 */
export function asksBack(text: string): boolean {
  const said = straightQuotes(text.trim());
  return said.endsWith('?') && interrogative.test(said) && !proposal.test(said);
}

/** True for a text that counts as a question if it can't be read as an answer: "do weekends count", "Monday?". */
export function soundsLikeQuestion(text: string): boolean {
  const said = straightQuotes(text.trim());
  return said.endsWith('?') || ((interrogative.test(said) || inverted.test(said)) && !proposal.test(said));
}
