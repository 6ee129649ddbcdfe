-- Takes the lease if it is free. redlock calls this in place of its own script, with its arguments; the differences:
-- it knows its own token, so that a request sent again after a lost answer is not refused by itself, and it stays in
-- the connection's database (redlock's selects the one in ARGV[1], whatever the connection uses).
--
-- KEYS[1] lock
-- ARGV[1] database (unused)   ARGV[2] lease token   ARGV[3] life of the lease, in milliseconds
--
-- Result: 1 taken | 0 held by another
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[2] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
