-- Leaves the line. Who was called at the very moment passes the lease on.
--
-- KEYS[1] lock   KEYS[2] waiting   KEYS[3] events   KEYS[4] the caller's place: a name, nothing is stored under it
-- ARGV[1] how long the lease is kept for who is called, in milliseconds
-- ARGV[2] how long anybody waits, in milliseconds
--
-- Result: 'left'
clear_foreign_line(KEYS[2])
redis.call('ZREM', KEYS[2], KEYS[4])
if redis.call('GET', KEYS[1]) == KEYS[4] then
  hand_over(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2])
end
return 'left'
