-- Hands the lease, if it is still the holder's, to the next caller in the queue; forgets the holder, unless its agent may
-- have heard a turn that did not happen.
--
-- KEYS[1] lock   KEYS[2] holder   KEYS[3] waiting   KEYS[4] events
-- ARGV[1] lease token, or '' when it is not known: then only a lease that is free goes to the next caller
-- ARGV[2] '1' when the agent may have heard the turn, otherwise '0'
-- ARGV[3] how long the lease is kept for the notified caller, in milliseconds
-- ARGV[4] the longest wait, in milliseconds
--
-- Result: 'released'
local token, stale = unpack(redis.call('HMGET', KEYS[2], 'token', 'stale'))
-- A note that was stale when this holder came stays for the next holder.
if token == ARGV[1] and stale ~= '1' and ARGV[2] == '0' then
  redis.call('DEL', KEYS[2])
end
local owner = redis.call('GET', KEYS[1])
if not owner or owner == ARGV[1] then
  hand_over(KEYS[1], KEYS[3], KEYS[4], ARGV[3], ARGV[4])
end
return 'released'
