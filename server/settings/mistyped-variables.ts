import leven from 'leven';
import { variableNames } from './read-environment.ts';
import type { Environment } from './read-environment.ts';

/** A variable that the server does not read, and the one that it was probably meant to be. */
interface MistypedVariable {
  readonly name: string;
  readonly meant: string;
}

/** Shorter names are near each other by chance: HOSTS, PORTS. */
const shortestName = 6;
const units = /(_(MS|SECS?|SECONDS?|S|MIN|MINUTES?|HOURS?|CHARS?|BYTES|KB|MB|FILE|PATH))+$/;

/**
 * Finds variables whose names are nearly those of the server's: in other letter case, with a letter or two more, less
 * or different, or without their unit. The server would ignore them silently and use the default. Values are not looked
 * at.
 */
export function mistypedVariables(env: Environment): MistypedVariable[] {
  return Object.keys(env)
    .filter((name) => !variableNames.includes(name) && name.length >= shortestName)
    .flatMap((name) => {
      const meant = variableNames.find((candidate) => isNear(name, candidate));
      return meant === undefined ? [] : [{ name, meant }];
    });
}

function isNear(name: string, known: string): boolean {
  const [given, wanted] = [plain(name), plain(known)];
  if (wanted.length < shortestName) return given === wanted;
  // One letter may differ in a short name (REDIS_URI for REDIS_URL): with two it is another word.
  const most = wanted.length > 8 ? 2 : 1;
  if (leven(given, wanted, { maxDistance: most + 1 }) <= most) return true;
  const [stem, wantedStem] = [plain(name.toUpperCase().replace(units, '')), plain(known.replace(units, ''))];
  return wantedStem.length > 6 && wantedStem !== wanted && leven(stem, wantedStem, { maxDistance: 2 }) <= 1;
}

/** People forget letter case and underscores first. */
function plain(name: string): string {
  return name.toUpperCase().replaceAll(/[_-]/g, '');
}
