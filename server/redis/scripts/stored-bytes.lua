-- The bytes that counted conversations take: `sizes` is a hash of their sizes by name, with their sum, and `expiries` a sorted
-- set of the same names by the time at which each expires. The sum is changed by the same script as the sizes, so it is always
-- theirs. A name is percent-encoded, so none can be that of the sum.
local sum_field = '{sum}'

-- Conversations that are taken out at once, because their time has passed; the others follow with the next call.
local most_dropped = 1000

-- Takes conversations out. The first write is one that a full Redis takes too, and once a script has written, it may go on.
local function drop_sizes(sizes, expiries, names)
  local freed = 0
  for _, size in ipairs(redis.call('HMGET', sizes, unpack(names))) do
    freed = freed + (tonumber(size) or 0)
  end
  redis.call('ZREM', expiries, unpack(names))
  redis.call('HDEL', sizes, unpack(names))
  if freed > 0 then
    redis.call('HINCRBY', sizes, sum_field, -freed)
  end
end

-- Returns the sum, without the conversations whose time has passed. If one of the two keys is lost, or holds another type of
-- value, the other one tells too little, and both make way: each conversation is counted again when it is used.
local function sum_of_sizes(sizes, expiries, now)
  local counted = redis.pcall('ZCARD', expiries)
  local fields = redis.pcall('HLEN', sizes)
  for _, reply in ipairs({ counted, fields }) do
    if type(reply) == 'table' and not string.find(reply.err, 'WRONGTYPE', 1, true) then
      return error(reply)
    end
  end
  if type(fields) == 'table' or counted ~= math.max(0, fields - 1) then
    redis.call('DEL', sizes, expiries)
    return 0
  end
  local expired = redis.call('ZRANGEBYSCORE', expiries, '-inf', now, 'LIMIT', 0, most_dropped)
  if #expired > 0 then
    drop_sizes(sizes, expiries, expired)
  end
  return tonumber(redis.call('HGET', sizes, sum_field)) or 0
end
