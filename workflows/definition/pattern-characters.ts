/**
 * The kinds of characters that the atoms of a regular expression (`a`, `\d`, `[a-z]`) tell apart: for each kind, by which
 * atoms it is read. One character of each kind stands for all of it.
 * @param spend called with the number of tests that this takes, before they are made
 */
export function charactersOf(
  atoms: readonly string[],
  flags: string,
  spend: (tests: number) => void,
): (readonly boolean[])[] {
  const isUnicode = /[uv]/.test(flags);
  const flagsOfAtoms = flags.replace(/[gmyd]/g, '');
  const tests = atoms.map((atom) => new RegExp(`^(?:${atom})$`, flagsOfAtoms));
  // Upper and lower case, and properties such as \p{L}, change anywhere; elsewhere only next to what the source names.
  const isScattered = /[iv]/.test(flags) || (isUnicode && atoms.some((atom) => /\\[pP]\{/.test(atom)));
  const candidates = isScattered ? changes(atoms, flagsOfAtoms) : namedCharacters(atoms, isUnicode);
  spend(candidates.length * tests.length);
  const kinds = new Map<string, readonly boolean[]>();
  for (const code of candidates) {
    const character = isUnicode ? String.fromCodePoint(code) : String.fromCharCode(code);
    const readBy = tests.map((test) => test.test(character));
    const name = readBy.map(Number).join('');
    if (!kinds.has(name)) kinds.set(name, readBy);
  }
  return [...kinds.values()];
}

const lastUnit = 0xffff;
const lastCodePoint = 0x10ffff;

/** The characters at which what an atom reads begins or ends, among those of `everyCharacter`. */
function changes(atoms: readonly string[], flags: string): number[] {
  const isUnicode = /[uv]/.test(flags);
  const characters = everyCharacter(isUnicode);
  const found = new Set([0]);
  for (const atom of atoms) {
    for (const { index, 0: run } of characters.matchAll(new RegExp(`(?:${atom})+`, `${flags}g`))) {
      for (const at of [index, index + run.length]) {
        const code = isUnicode ? characters.codePointAt(at) : characters.charCodeAt(at);
        if (code !== undefined && !Number.isNaN(code)) found.add(code);
      }
    }
  }
  return [...found];
}

const textOfCharacters = new Map<boolean, string>();

/**
 * All characters in their order. The planes beyond the first are looked into here and there: properties change there over
 * long stretches.
 */
function everyCharacter(isUnicode: boolean): string {
  const known = textOfCharacters.get(isUnicode);
  if (known !== undefined) return known;
  const units = Array.from({ length: lastUnit + 1 }, (_, code) => String.fromCharCode(code));
  for (let code = lastUnit + 1; isUnicode && code <= lastCodePoint; code += 61)
    units.push(String.fromCodePoint(code));
  const text = units.join('');
  textOfCharacters.set(isUnicode, text);
  return text;
}

/** What `\d`, `\w`, `\s` and `.` begin and end with. */
const bounds = [
  ...[0, 0x09, 0x0a, 0x0d, 0x20, 0x30, 0x39, 0x41, 0x5a, 0x5f, 0x61, 0x7a, 0xa0, 0x1680],
  ...[0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff],
];

/** The characters that a source names, those that are bounds of the classes, and the neighbours of both. */
function namedCharacters(atoms: readonly string[], isUnicode: boolean): number[] {
  const named = new Set(bounds);
  for (const atom of atoms) {
    for (const code of isUnicode ? codePoints(atom) : codeUnits(atom)) named.add(code);
    for (const [, hex, braced, octal, control] of atom.matchAll(escapedCode)) {
      if (octal !== undefined) named.add(parseInt(octal, 8));
      else if (control !== undefined) named.add(control.charCodeAt(0) % 32);
      else named.add(parseInt(hex ?? braced ?? '0', 16));
    }
  }
  const last = isUnicode ? lastCodePoint : lastUnit;
  return [...new Set([...named].flatMap((code) => [code - 1, code, code + 1]))].filter(
    (code) => code >= 0 && code <= last,
  );
}

const escapedCode = /\\(?:[xu]([0-9a-fA-F]{2,4})|u\{([0-9a-fA-F]+)\}|([0-7]{1,3})|c([A-Za-z0-9_]))/g;

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

function codeUnits(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}
