const characters: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['amp', '&'],
]);

// Up to the next angle bracket, whichever it is: no text makes it look at a character twice.
const tag = /<[a-z/!?][^<>]*>/gi;

/** The words of a text in XML, such as SSML: without its tags, its named characters as they are. */
export function textOfMarkup(markup: string): string {
  const words = markup.replaceAll(tag, '');
  return words
    .replaceAll(/&(lt|gt|quot|apos|amp);/g, (_all, name: string) => characters.get(name) ?? '')
    .trim();
}
