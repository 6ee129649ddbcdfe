-- Counts a turn, if its user and its tenant have begun fewer turns in the last minute than they may: for both or for
-- neither. A turn is counted under its ticket, so that a request sent again after a lost reply counts once.
--
-- KEYS[1] turns of the user   KEYS[2] turns of the tenant: tickets by the time at which they were admitted
-- ARGV[1] ticket   ARGV[2] most turns of the user in a minute, or '' for any number   ARGV[3] most turns of the tenant
--
-- Result: { 'admitted' } |
--         { 'refused', 'user' | 'tenant', the time after which there is room, in milliseconds }: nothing is counted
local minute = 60000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Drops what has left the minute before now, and what a clock has counted that was set back since: it would stay for as
-- long as the clock was ahead. A value of another type counts for nothing, and makes way.
local function drop_old(turns)
  local reply = redis.pcall('ZREMRANGEBYSCORE', turns, '-inf', now - minute)
  if type(reply) == 'table' and reply.err then
    if not string.find(reply.err, 'WRONGTYPE', 1, true) then
      return error(reply)
    end
    redis.call('DEL', turns)
  end
  redis.call('ZREMRANGEBYSCORE', turns, '(' .. now + 1000, '+inf')
end

-- Returns the time after which the turn has room, in milliseconds: 0 where it has room now, or has been counted.
local function wait_for_room(turns, most)
  drop_old(turns)
  local surplus = redis.call('ZCARD', turns) - most
  if surplus < 0 or redis.call('ZSCORE', turns, ARGV[1]) then
    return 0
  end
  -- There is room once the surplus and one more have left.
  return redis.call('ZRANGE', turns, surplus, surplus, 'WITHSCORES')[2] + minute - now
end

local limits = { { KEYS[1], ARGV[2], 'user' }, { KEYS[2], ARGV[3], 'tenant' } }
local longest, by = 0, nil
for _, limit in ipairs(limits) do
  local wait = limit[2] ~= '' and wait_for_room(limit[1], limit[2]) or 0
  if wait > longest then
    longest, by = wait, limit[3]
  end
end
if by then
  return { 'refused', by, longest }
end
for _, limit in ipairs(limits) do
  if limit[2] ~= '' then
    redis.call('ZADD', limit[1], 'NX', now, ARGV[1])
    redis.call('PEXPIRE', limit[1], minute)
  end
end
return { 'admitted' }
