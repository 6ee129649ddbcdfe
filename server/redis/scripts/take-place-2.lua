-- Takes a place among those that a user, and all users of its tenant, may hold at once: for both or for neither. A place
-- is free again when its time has passed, so that a server that dies frees its places. A place that is held is prolonged.
--
-- KEYS[1] places of the user   KEYS[2] places of the tenant: ids by the time at which they are free
-- ARGV[1] id of the place   ARGV[2] most places of the user, or '' for any number   ARGV[3] most places of the tenant
-- ARGV[4] time for which it is held, in milliseconds   ARGV[5] 'take' | 'renew': a holder keeps its place in any case
--
-- Result: { 'taken' } | { 'refused', 'user' | 'tenant' }
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function is_full(places, most)
  local reply = redis.pcall('ZREMRANGEBYSCORE', places, '-inf', now)
  if type(reply) == 'table' and reply.err then
    if not string.find(reply.err, 'WRONGTYPE', 1, true) then
      return error(reply)
    end
    redis.call('DEL', places)
  end
  local held = redis.call('ZCARD', places)
  return ARGV[5] == 'take' and held >= tonumber(most) and not redis.call('ZSCORE', places, ARGV[1])
end

for index, of in ipairs({ 'user', 'tenant' }) do
  local most = ARGV[index + 1]
  if most ~= '' and is_full(KEYS[index], most) then
    return { 'refused', of }
  end
end
for index = 1, 2 do
  if ARGV[index + 1] ~= '' then
    redis.call('ZADD', KEYS[index], now + ARGV[4], ARGV[1])
    -- Places of other holders may last longer.
    if redis.call('PTTL', KEYS[index]) < tonumber(ARGV[4]) then
      redis.call('PEXPIRE', KEYS[index], ARGV[4])
    end
  end
end
return { 'taken' }
