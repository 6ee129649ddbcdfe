-- Gives the lease back, if it is still the holder's.
--
-- KEYS[1] lock   (redlock passes the other keys of the acquisition too)
-- ARGV[1] database (unused)   ARGV[2] lease token
--
-- Result: the number of keys: given back | 0: another's, or nobody's
if redis.call('GET', KEYS[1]) ~= ARGV[2] then
  return 0
end
redis.call('DEL', KEYS[1])
return #KEYS
