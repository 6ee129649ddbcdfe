/** The state of the files of definitions, as a server for development (`turnkeeper dev`) tells it to the chat page. */
export interface DefinitionNews {
  /** One line for each fault, `file: path: message`; none if all files are right. */
  readonly faults: readonly string[];
}
