/** The action of a card that data was submitted with. */
export interface CardAction {
  readonly type: 'Action.Submit' | 'Action.Execute';
  /** Its verb, else its id. Null when it has neither, or when the data fit several that differ in their id alone. */
  readonly name: string | null;
}
