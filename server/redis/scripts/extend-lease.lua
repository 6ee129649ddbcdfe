-- Extends the lease for its holder; never revives one that has run out.
--
-- KEYS[1] lock   (redlock passes the other keys of the acquisition too)
-- ARGV[1] database (unused)   ARGV[2] lease token   ARGV[3] life of the lease from now, in milliseconds
--
-- Result: the number of keys: extended | 0: lost
if redis.call('GET', KEYS[1]) ~= ARGV[2] then
  return 0
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return #KEYS
