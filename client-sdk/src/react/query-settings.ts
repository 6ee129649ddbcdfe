/**
 * What every query of the hooks has: the connection tries again by itself, and it alone knows whether the server, which
 * need not be on the internet, can be reached.
 */
export const querySettings = { retry: false, networkMode: 'always', refetchOnReconnect: true } as const;
