/** Of Node's errors, those that come before a connection is made, or is trusted. */
const codesBefore =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT.*|UNABLE_TO_.*|HOSTNAME_MISMATCH)$|CERT|SSL_WRONG_VERSION/;
/** Of those that have no code of their own. Fetch asks nothing of some ports. */
const messagesBefore = /^bad port$|before secure TLS/;

/**
 * Why a request that failed has not even left, where that is certain; `null` where the server may have had it. Browsers
 * tell nothing of it, so it is always `null` there.
 */
export function neverLeftFor(thrown: unknown): string | null {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { code = '', syscall, message } = error as NodeJS.ErrnoException;
    if (codesBefore.test(code) || syscall === 'connect') return code;
    if (messagesBefore.test(message)) return message;
  }
  return null;
}
