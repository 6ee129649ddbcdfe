/** The discard port, where nobody listens: whatever gets past npm's `offline` fails at once. */
const nowhere = 'http://127.0.0.1:9/';

/**
 * Keeps npm off every registry, in all processes that the tests start: what they find must not depend on what a registry
 * serves that day. An attempt fails, and so does its test.
 */
export default function setup(): void {
  // npm reads these in any case, so that two that differ only in that would contradict each other.
  for (const name of Object.keys(process.env))
    if (/^npm_config_(registry|offline|prefer_o\w+line)$/i.test(name))
      Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, { npm_config_offline: 'true', npm_config_registry: nowhere });
}
