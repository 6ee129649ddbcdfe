-- Deletes every key that holds anything of a conversation, for the lease's holder, if the conversation is still the one that
-- was loaded (I3). Callers in the queue keep waiting, and find out when they get the lease.
--
-- KEYS[1] state   KEYS[2] lock   KEYS[3] log   KEYS[4] turns   KEYS[5] holder   KEYS[6] waiting
-- KEYS[7] mark of the lease as interrupted   KEYS[8] events   KEYS[9] feed: the channel for watchers
-- KEYS[10] forgotten turn ids
-- ARGV[1] lease token
-- ARGV[2] incarnation that was loaded
-- ARGV[3] revision that was loaded, or 'unreadable' when the conversation can't be read: then the lease alone guards it
-- ARGV[4], ARGV[5] as ARGV[11] and ARGV[12] of the commit
--
-- Result: 'committed' | 'lease-lost' | 'interrupted' | 'state-changed'
local current, is_foreign = read('GET', KEYS[1])
local owner = redis.call('GET', KEYS[2])

-- Nothing is left of it, nor of a lease but one that is kept for the next caller (a ticket has a colon, a token has none):
-- this is the same purge, sent again because its reply was lost.
if not current and not is_foreign and (not owner or string.find(owner, ':', 1, true)) then
  return 'committed'
end
if redis.call('EXISTS', KEYS[7]) == 1 then
  return 'interrupted'
end
if owner ~= ARGV[1] then
  return 'lease-lost'
end
-- The guard comes first, as in the commit script.
local incarnation, revision = string.match(current or '', '^{"incarnation":"([^"]*)","revision":(%d+),')
if ARGV[3] ~= 'unreadable' and (incarnation ~= ARGV[2] or revision ~= ARGV[3]) then
  return 'state-changed'
end
redis.call('DEL', KEYS[1], KEYS[3], KEYS[4], KEYS[5], KEYS[10])
redis.pcall('SPUBLISH', KEYS[9], 'changed')
if ARGV[4] ~= '' then
  hand_over(KEYS[2], KEYS[6], KEYS[8], ARGV[4], ARGV[5])
end
return 'committed'
