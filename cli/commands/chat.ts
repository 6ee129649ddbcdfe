import type { Command } from '../command.ts';

export const chat: Command = {
  summary: 'talks with a running server in the terminal',
  help: `Usage: turnkeeper chat [options]

Starts or continues a conversation with a running server, through the client.

  --url URL            the server's address (default http://127.0.0.1:3000)
  --workflow ID        the workflow to start (default: you choose from a list)
  --conversation ID    the conversation to continue
  --user U             your user name (default local)
  --tenant T           your tenant (default local)
  --help               this text

A server with AUTH_MODE=dev takes --user and --tenant; any other one knows you
by the token in the variable TURNKEEPER_TOKEN. An agent that is asked in your
name gets that token, too. /help lists the commands within a conversation.`,
  run: async (args) => {
    const { runChat } = await import('../chat/run-chat.ts');
    await runChat(args);
  },
};
