/**
 * The words of a text in XML, such as SSML, or in HTML: breaks where its tags make some, its characters as they are.
 */
export function textOfMarkup(markup: string): string {
  const words = markup.replaceAll(tag, (_all, name: string | undefined) => breakOf(name));
  return words
    .replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}\d{0,2}));/gi, characterOf)
    .split('\n')
    .map((line) => line.replaceAll(/[ \t]+/g, ' ').trim())
    .filter((line, index, lines) => line !== '' || (lines[index - 1] ?? '') !== '')
    .join('\n')
    .trim();
}

// Up to the next angle bracket, whichever it is: no text makes it look at a character twice.
const tag = /<(?:\/?([a-z][a-z0-9:-]*)|[/!?])[^<>]*>/gi;

/** Tags within a word or a sentence, of HTML and of SSML. */
const inline: ReadonlySet<string> = new Set([
  ...['a', 'abbr', 'b', 'bdi', 'bdo', 'big', 'cite', 'code', 'del', 'dfn', 'em', 'font', 'i', 'ins', 'kbd'],
  ...['mark', 'q', 'samp', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 'tt', 'u', 'var', 'wbr'],
  ...['emphasis', 'lang', 'phoneme', 'prosody', 'say-as', 'speak', 'voice', 'w'],
]);

/** Tags that stand between the words of one line. */
const spaced: ReadonlySet<string> = new Set([
  ...['break', 'img', 's', 'sentence', 'td', 'th', 'audio', 'bookmark'],
]);

/** Comments and the like break nothing; a tag that is not known ends its line, so that no two words become one. */
function breakOf(name: string | undefined): string {
  const known = name?.toLowerCase();
  if (known === undefined || inline.has(known)) return '';
  return spaced.has(known) ? ' ' : '\n';
}

/** Returns the character with a number or a name; an unknown entity stays as it was written. */
function characterOf(all: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return named.get(name) ?? named.get(name.toLowerCase()) ?? all;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  const isCharacter = code >= 0x20 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  if (code === 0xa0) return ' ';
  return isCharacter ? String.fromCodePoint(code) : ' ';
}

// The names of HTML 4 for the characters from 160 on, in their order; a blank that does not break is a blank.
const latin =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para ' +
  'middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave ' +
  'Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc ' +
  'Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc ' +
  'iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';

// Other names, each with its character.
const signs =
  'lt < gt > quot " apos \' amp & ndash – mdash — lsquo ‘ rsquo ’ sbquo ‚ ldquo “ rdquo ” bdquo „ ' +
  'bull • hellip … euro € trade ™ larr ← rarr → minus − prime ′ lsaquo ‹ rsaquo › dagger † permil ‰ ' +
  'OElig Œ oelig œ ne ≠ le ≤ ge ≥';

const blanks = 'nbsp ensp emsp thinsp';

const named: ReadonlyMap<string, string> = new Map([
  ...latin.split(' ').map((name, index): [string, string] => [name, String.fromCharCode(160 + index)]),
  ...[...signs.matchAll(/(\S+) (\S+)/g)].map(([, name = '', sign = '']): [string, string] => [name, sign]),
  ...blanks.split(' ').map((name): [string, string] => [name, ' ']),
  ['shy', ''],
]);
