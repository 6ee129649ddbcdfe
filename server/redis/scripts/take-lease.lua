-- Shared by the scripts that take a lease.

-- Takes the lock for the token if it is free, or kept for the caller's ticket. A lock that is the token's own is taken
-- again, so that a request sent again after a lost reply is not refused because of itself. Returns whether it was
-- taken, and the lock's value from then on.
local function take_lock(lock, token, ticket, ttl_ms)
  -- A value of another type is nobody's lease, and neither is one without a life, which every script that sets a lease
  -- gives it: they must not block for ever.
  local owner = read('GET', lock)
  if owner and owner ~= token and owner ~= ticket and redis.pcall('PTTL', lock) ~= -1 then
    return false, owner
  end
  redis.call('SET', lock, token, 'PX', ttl_ms)
  return true, token
end
