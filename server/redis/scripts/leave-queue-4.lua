-- Takes a ticket out of the queue. If the lease is kept for it by now, the lease goes to the next.
--
-- KEYS[1] lock   KEYS[2] waiting   KEYS[3] events   KEYS[4] the caller's ticket: a name, nothing is stored under it
-- ARGV[1] how long the lease is kept for the notified caller, in milliseconds
-- ARGV[2] the longest wait, in milliseconds
--
-- Result: 'left'
clear_foreign_queue(KEYS[2])
redis.call('ZREM', KEYS[2], KEYS[4])
if redis.call('GET', KEYS[1]) == KEYS[4] then
  hand_over(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2])
end
return 'left'
