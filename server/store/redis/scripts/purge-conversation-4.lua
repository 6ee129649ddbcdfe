-- Deletes every key of a conversation, for the lease's holder, if it is still the one that was loaded (I3).
--
-- KEYS[1] state   KEYS[2] lock   KEYS[3] log   KEYS[4] turns
-- ARGV[1] lease token
-- ARGV[2] incarnation that was loaded
-- ARGV[3] revision that was loaded
--
-- Result: 'committed' | 'lease-lost' | 'state-changed'
local current = redis.call('GET', KEYS[1])
local token = redis.call('GET', KEYS[2])

-- Nothing left of either: the same purge, sent again because its answer was lost.
if not current and not token then
  return 'committed'
end
if token ~= ARGV[1] then
  return 'lease-lost'
end
-- The guard stands first, as the commit script has it.
local incarnation, revision = string.match(current or '', '^{"incarnation":"([^"]*)","revision":(%d+),')
if incarnation ~= ARGV[2] or revision ~= ARGV[3] then
  return 'state-changed'
end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
return 'committed'
