/** The name that the server's settings give the assistant. */
export function assistantName(): string {
  return document.documentElement.dataset['assistantName'] ?? 'Turnkeeper';
}

/** The address of its icon. */
export function assistantIcon(): string {
  return document.documentElement.dataset['assistantIcon'] ?? './icon.svg';
}
