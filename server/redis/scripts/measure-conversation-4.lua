-- Measures what a conversation takes in Redis's memory, keys and overhead included.
--
-- KEYS[1] state   KEYS[2] log   KEYS[3] turns   KEYS[4] forgotten turn ids
-- ARGV[1] most parts of a value that are measured one by one; the rest count as their average
--
-- Result: bytes; 0 where there is no conversation
for _, key in ipairs(KEYS) do
  if not redis.acl_check_cmd('memory', 'usage', key) then
    return redis.error_reply("NOPERM this user has no permissions to run the 'memory|usage' command")
  end
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local bytes = 0
for _, key in ipairs(KEYS) do
  bytes = bytes + (redis.call('MEMORY', 'USAGE', key, 'SAMPLES', ARGV[1]) or 0)
end
return bytes
