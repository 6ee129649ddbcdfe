/**
 * The hosts that pictures may be loaded from, as the server's setting IMAGE_HOSTS names them; the page's policy allows no
 * others. A picture's address can carry away what a conversation holds, and whoever wrote it may have been led to that.
 */
export function imageHosts(): readonly string[] {
  const named = document.documentElement.dataset['imageHosts'];
  return named === undefined || named === '' ? [] : named.split(' ');
}
