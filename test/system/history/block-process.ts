/** Blocks this process for this long: no timer fires and no reply is read, as under SIGSTOP. */
export function blockProcess(forMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);
}
