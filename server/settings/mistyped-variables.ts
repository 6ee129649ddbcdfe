import leven from 'leven';
import type { Environment } from './fault.ts';
import { variables } from './variables.ts';

/** A variable that the server does not read, and the one that was probably meant. */
export interface MistypedVariable {
  readonly name: string;
  readonly meant: string;
}

/** Short names are near to others' by chance: HOSTS, PORTS. */
const shortestName = 6;
const units = /(_(MS|SECS?|SECONDS?|S|MIN|MINUTES?|HOURS?|CHARS?|BYTES|KB|MB|FILE|PATH))+$/;

/**
 * The variables whose names are nearly those of the server's: in other letter case, with a letter or two more, less or other,
 * or without their unit. Such a one is silently ignored, and the default in force. Values are not looked at.
 */
export function mistypedVariables(env: Environment): MistypedVariable[] {
  const known = Object.keys(variables.shape);
  return Object.keys(env)
    .filter((name) => !known.includes(name) && name.length >= shortestName)
    .flatMap((name) => {
      const meant = known.find((candidate) => isNear(name, candidate));
      return meant === undefined ? [] : [{ name, meant }];
    });
}

function isNear(name: string, known: string): boolean {
  const [given, wanted] = [plain(name), plain(known)];
  if (wanted.length < shortestName) return given === wanted;
  // A letter may be another name's: REDIS_URL and REDIS_URI; two of a short one are another word.
  const most = wanted.length > 8 ? 2 : 1;
  if (leven(given, wanted, { maxDistance: most + 1 }) <= most) return true;
  const [stem, wantedStem] = [plain(name.toUpperCase().replace(units, '')), plain(known.replace(units, ''))];
  return wantedStem.length > 6 && wantedStem !== wanted && leven(stem, wantedStem, { maxDistance: 2 }) <= 1;
}

/** Letter case and underscores are what is forgotten first. */
function plain(name: string): string {
  return name.toUpperCase().replaceAll(/[_-]/g, '');
}
