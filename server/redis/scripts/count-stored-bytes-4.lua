-- Counts the bytes that a stored conversation takes, until it expires, in place of those that were counted before.
--
-- KEYS[1] sizes of the user's conversations, by their names   KEYS[2] their names by the time at which they expire
-- KEYS[3], KEYS[4] the same of the tenant
-- ARGV[1] its name in KEYS[1], or '' where the user has no limit   ARGV[2] its name in KEYS[3], or ''
-- ARGV[3] its bytes; 0: it is no longer stored, and is taken out   ARGV[4] its life from now, in milliseconds
-- ARGV[5] life of the keys, in milliseconds
--
-- Result: 1
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function count(sizes, expiries, name)
  sum_of_sizes(sizes, expiries, now)
  if ARGV[3] == '0' then
    drop_sizes(sizes, expiries, { name })
    return
  end
  local before = tonumber(redis.call('HGET', sizes, name)) or 0
  redis.call('HINCRBY', sizes, sum_field, ARGV[3] - before)
  redis.call('HSET', sizes, name, ARGV[3])
  redis.call('ZADD', expiries, now + ARGV[4], name)
  redis.call('PEXPIRE', sizes, ARGV[5])
  redis.call('PEXPIRE', expiries, ARGV[5])
end

for index = 1, 2 do
  if ARGV[index] ~= '' then
    count(KEYS[2 * index - 1], KEYS[2 * index], ARGV[index])
  end
end
return 1
