// A page that uses every hook, and the client that it creates for them.
import { createTurnkeeperClient } from '@turnkeeper/client';
import * as hooks from '@turnkeeper/client/react';

globalThis.used = [createTurnkeeperClient({ url: '' }), Object.values(hooks)];
