import type { Command } from '../command.ts';

export const emulator: Command = {
  summary: 'emulates an agent of Microsoft Copilot Studio on this machine',
  help: `Usage: turnkeeper emulator [options]

An agent of Microsoft Copilot Studio for those who have none: it speaks the
service's protocol on this machine, and leads through any workflow.
Only a fixed token (COPILOT_ACCESS_TOKEN) can be tried with it:
client-credentials and on-behalf-of get theirs from Entra, which it does not
emulate.

  --port N       where it listens on 127.0.0.1 (default 4978; 0 for a free
                 port)
  --fault NAME   answers every message with this fault, one of:
                 unauthorized, forbidden, not-found, too-many, unavailable,
                 server-error, empty, silence, silence-after-headers,
                 silence-after-words, drip, drop, reset, no-end, bad-json,
                 no-conversation-id, wrong-content-type, large-activity,
                 many-activities, deep-nesting
  --help         this text`,
  run: async (args) => {
    const { runEmulator } = await import('../emulator/run-emulator.ts');
    await runEmulator(args);
  },
};
