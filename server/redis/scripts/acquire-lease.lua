-- Takes the lease if it is free or kept for the caller's ticket. redlock calls this in place of its own script, with the
-- same arguments. This one differs in three ways. It knows its own token, so that a request sent again after a lost reply
-- is not refused because of itself. It stays in the connection's database; redlock's selects the one in ARGV[1]. And it
-- notes the lease's holder.
--
-- KEYS[1] lock   KEYS[2] holder   KEYS[3] the caller's ticket: a name, nothing is stored under it
-- On a Redis that keeps nothing but leases: KEYS[1] alone
-- ARGV[1] database (unused)   ARGV[2] lease token   ARGV[3] life of the lease, in milliseconds
--
-- Result: the number of keys: taken | 0: held by another, or kept for another
local owner = redis.pcall('GET', KEYS[1])
-- Every script that sets a lease gives it a life. A value without one, or of another type, is nobody's lease: it must not
-- block for ever.
if type(owner) == 'table' then
  if not string.find(owner.err, 'WRONGTYPE', 1, true) then
    return owner
  end
  owner = false
elseif owner and redis.pcall('PTTL', KEYS[1]) == -1 then
  owner = false
end
if owner and owner ~= ARGV[2] and owner ~= KEYS[3] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
if KEYS[2] then
  local last = redis.pcall('HGET', KEYS[2], 'token')
  -- A value of another type makes way. Then neither the last holder nor what the agent has heard is known.
  if type(last) == 'table' then
    if not string.find(last.err, 'WRONGTYPE', 1, true) then
      return last
    end
    redis.call('DEL', KEYS[2])
    last = 'unknown'
  end
  if last ~= ARGV[2] then
    local time = redis.call('TIME')
    -- A holder that finishes cleanly leaves no note. An earlier holder's note means that its agent may have heard a turn that
    -- never happened.
    redis.call(
      'HSET', KEYS[2], 'token', ARGV[2], 'place', KEYS[3],
      'since', time[1] * 1000 + math.floor(time[2] / 1000), 'stale', last and '1' or '0'
    )
  end
  -- The load that follows gives it the conversation's full life.
  if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[3]) then
    redis.call('PEXPIRE', KEYS[2], ARGV[3])
  end
end
return #KEYS
