// Whatever a page can use of the hooks, and the client that it makes for them.
import { createTurnkeeperClient } from '@turnkeeper/client';
import * as hooks from '@turnkeeper/client/react';

globalThis.used = [createTurnkeeperClient({ url: '' }), Object.values(hooks)];
