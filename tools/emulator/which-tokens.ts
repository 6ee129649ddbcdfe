/** What is said of tokens wherever the emulator explains itself. */
export const whichTokens = `Only a fixed token (COPILOT_ACCESS_TOKEN) can be tried with it:
client-credentials and on-behalf-of get theirs from Entra, which it does not
emulate.`;
