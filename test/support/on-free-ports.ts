const mostAttempts = 5;

/** Starts what listens on ports that were free a moment ago: again, on others, where somebody else has taken one since. */
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
