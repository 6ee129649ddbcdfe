const mostAttempts = 5;

/** Starts a listener on ports that were just free, and tries other ports if another process has taken one since. */
export async function onFreePorts<Started>(start: () => Promise<Started>): Promise<Started> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      const isTaken = error instanceof Error && error.message.includes('Address already in use');
      if (!isTaken || attempt === mostAttempts) throw error;
    }
  }
}
