import type { Json } from '../../../workflows/definition/json.ts';
import type { Random } from '../../system/history/random.ts';

const texts = ['', 'a', 'Ann', 'half \ud83d', '\u0000', '👩‍💻', '"', '[1]', '{"a":1}', '0'];
// Not `__proto__`: no value that is kept has such a member (server/domain/json.ts).
const names = ['a', 'b', 'note', 'text', '0', 'constructor', 'ä'];

/** JSON of some levels, with the same few names and values again and again. */
export function randomJson(random: Random, levels = 3): Json {
  switch (random.weighted({ text: 5, number: 3, constant: 2, list: 2, object: 3 })) {
    case 'text':
      return random.pick(texts);
    case 'number':
      return random.pick([0, 1, -1, 1.5e300, 42]);
    case 'constant':
      return random.pick([null, true, false]);
    case 'list':
      return levels === 0
        ? []
        : Array.from({ length: random.int(0, 3) }, () => randomJson(random, levels - 1));
    case 'object':
      return levels === 0 ? {} : randomObject(random, levels - 1);
  }
}

export function randomObject(random: Random, levels = 3): Record<string, Json> {
  const members = Array.from({ length: random.int(0, 4) }, () => [
    random.pick(names),
    randomJson(random, levels),
  ]);
  return Object.fromEntries(members) as Record<string, Json>;
}
