-- Shared by the scripts that take a lease.

-- Takes the lock for the token if it is free, or kept for the caller's ticket. A lock that is the token's own is taken again,
-- so that a request sent again after a lost reply is not refused because of itself. Returns whether it was taken.
local function take_lock(lock, token, ticket, ttl_ms)
  -- A value of another type is nobody's lease, and neither is one without a life, which every script that sets a lease gives
  -- it: they must not block for ever.
  local owner = read('GET', lock)
  if owner and owner ~= token and owner ~= ticket and redis.pcall('PTTL', lock) ~= -1 then
    return false
  end
  redis.call('SET', lock, token, 'PX', ttl_ms)
  return true
end

-- Notes the lease's holder, unless it is noted already. A holder that finishes cleanly leaves no note, so an earlier holder's
-- note means that its agent may have heard a turn that never happened ('stale').
local function note_holder(holder, token, ticket, ttl_ms)
  local last, is_foreign = read('HGET', holder, 'token')
  -- A value of another type makes way. Then neither the last holder nor what the agent has heard is known.
  if is_foreign then
    redis.call('DEL', holder)
  end
  if last ~= token then
    local time = redis.call('TIME')
    redis.call(
      'HSET', holder, 'token', token, 'place', ticket,
      'since', time[1] * 1000 + math.floor(time[2] / 1000), 'stale', (last or is_foreign) and '1' or '0'
    )
  end
  -- The load that follows gives it the conversation's full life.
  if redis.call('PTTL', holder) < tonumber(ttl_ms) then
    redis.call('PEXPIRE', holder, ttl_ms)
  end
end
