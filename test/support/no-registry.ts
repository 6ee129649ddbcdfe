/** The discard port: nobody listens there, so a request that ignores npm's `offline` setting fails at once. */
const nowhere = 'http://127.0.0.1:9/';

/**
 * Keeps npm off every registry in all processes that the tests start, because a test's result must not depend on what a
 * registry serves that day. An attempt fails, and its test with it.
 */
export default function setup(): void {
  // npm ignores the case of these names, so two that differ only in case would contradict each other.
  for (const name of Object.keys(process.env))
    if (/^npm_config_(registry|offline|prefer_o\w+line)$/i.test(name))
      Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, { npm_config_offline: 'true', npm_config_registry: nowhere });
}
