-- Counts a turn, if its user and its tenant store fewer bytes than they may, and have begun fewer turns in the last minute:
-- for both or for neither. Reserves a place for its conversation too, unless it has one, if user and tenant have fewer
-- conversations than they may. A turn is counted under its ticket, and a conversation under its name, so that a request sent
-- again after a lost reply counts once.
--
-- KEYS[1] turns of the user   KEYS[2] turns of the tenant: tickets by the time at which they were admitted
-- KEYS[3] conversations of the user   KEYS[4] conversations of the tenant: their names by the time at which they expire
-- KEYS[5] sizes of the user's conversations   KEYS[6] when these expire (stored-bytes.lua)   KEYS[7], KEYS[8] of the tenant
-- ARGV[1] ticket   ARGV[2] most turns of the user in a minute, or '' for any number   ARGV[3] most turns of the tenant
-- ARGV[4] most conversations of the user   ARGV[5] most conversations of the tenant
-- ARGV[6] the conversation's name in KEYS[3]   ARGV[7] its name in KEYS[4]
-- ARGV[8] how long the place is reserved, in milliseconds   ARGV[9] life of KEYS[3] and KEYS[4], in milliseconds
-- ARGV[10] most bytes of the user   ARGV[11] most bytes of the tenant
-- ARGV[12] 'opens' if it is known that no conversation is stored, though one is counted: it was purged, or has expired
--
-- Result: { 'admitted', 'kept' if the conversation counts as stored, or 'reserved' } |
--         { 'full', 'user' | 'tenant', the time after which there is room, in milliseconds }: nothing is counted, because
--         the conversations that are stored take as many bytes as they may |
--         { 'refused', …the same }: nothing is counted, because of the turns |
--         { 'no-place', …the same }: the turn is counted, and only a conversation that is stored can take it
local minute = 60000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Drops the members of a set up to a score. A value of another type counts for nothing, and makes way.
local function drop_upto(key, score)
  local reply = redis.pcall('ZREMRANGEBYSCORE', key, '-inf', score)
  if type(reply) == 'table' and reply.err then
    if not string.find(reply.err, 'WRONGTYPE', 1, true) then
      return error(reply)
    end
    redis.call('DEL', key)
  end
end

-- Returns how long it takes until a set has room for one more member, in milliseconds; 0 where it has room now. A member
-- leaves `life` after its score.
local function wait_for_room(key, most, life)
  local surplus = redis.call('ZCARD', key) - most
  if surplus < 0 then
    return 0
  end
  -- There is room once the surplus and one more have left.
  return math.max(1, redis.call('ZRANGE', key, surplus, surplus, 'WITHSCORES')[2] + life - now)
end

local function turn_wait(turns, most)
  drop_upto(turns, now - minute)
  -- A clock has counted these that was set back since: they would stay for as long as it was ahead.
  redis.call('ZREMRANGEBYSCORE', turns, '(' .. now + 1000, '+inf')
  return redis.call('ZSCORE', turns, ARGV[1]) and 0 or wait_for_room(turns, most, minute)
end

-- A stored conversation is counted by a whole number, and a reserved place by one and a half: a purge takes out the former
-- only (forget-conversation-2.lua).
local is_kept = false

local function place_wait(conversations, most, name)
  drop_upto(conversations, now)
  local score = redis.call('ZSCORE', conversations, name)
  local is_reserved = score and string.find(score, '.5', 1, true)
  if score and not is_reserved and ARGV[12] == 'opens' then
    redis.call('ZREM', conversations, name)
    score = nil
  end
  is_kept = is_kept or (score and not is_reserved)
  return score and 0 or wait_for_room(conversations, most, 0)
end

-- Returns how long it takes until the next conversation expires, where those that are stored leave no room.
local function bytes_wait(sizes, most, expiries)
  if sum_of_sizes(sizes, expiries, now) < tonumber(most) then
    return 0
  end
  return math.max(1, redis.call('ZRANGE', expiries, 0, 0, 'WITHSCORES')[2] - now)
end

-- Returns the longer of two waits, where a limit is set, and whose it is.
local function longest_wait(wait_of, of_user, of_tenant)
  local user = of_user[2] ~= '' and wait_of(unpack(of_user)) or 0
  local tenant = of_tenant[2] ~= '' and wait_of(unpack(of_tenant)) or 0
  if tenant > user then
    return tenant, 'tenant'
  end
  return user, 'user'
end

-- Nothing but its owner makes room for bytes, so they are named before turns, which a minute makes room for.
local bytes, of_bytes = longest_wait(bytes_wait, { KEYS[5], ARGV[10], KEYS[6] }, { KEYS[7], ARGV[11], KEYS[8] })
if bytes > 0 then
  return { 'full', of_bytes, bytes }
end
local wait, of = longest_wait(turn_wait, { KEYS[1], ARGV[2] }, { KEYS[2], ARGV[3] })
if wait > 0 then
  return { 'refused', of, wait }
end
local place, of_place = longest_wait(place_wait, { KEYS[3], ARGV[4], ARGV[6] }, { KEYS[4], ARGV[5], ARGV[7] })

for index = 1, 2 do
  if ARGV[index + 1] ~= '' then
    redis.call('ZADD', KEYS[index], 'NX', now, ARGV[1])
    redis.call('PEXPIRE', KEYS[index], minute)
  end
  if place == 0 and ARGV[index + 3] ~= '' then
    redis.call('ZADD', KEYS[index + 2], 'GT', now + ARGV[8] + 0.5, ARGV[index + 5])
    redis.call('PEXPIRE', KEYS[index + 2], ARGV[9])
  end
end
if place > 0 then
  return { 'no-place', of_place, place }
end
return { 'admitted', is_kept and 'kept' or 'reserved' }
