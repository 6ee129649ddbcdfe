-- Takes the lease of a conversation and loads its state.
--
-- KEYS[1] state   KEYS[2] lock
-- ARGV[1] lease token   ARGV[2] life of the lease, in milliseconds
--
-- Result: the state, or nil for a new conversation
if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return redis.error_reply('ERR the lease is held')
end
return redis.call('GET', KEYS[1])
