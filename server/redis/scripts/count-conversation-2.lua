-- Counts a conversation that is stored, until it expires, also in place of a reservation.
--
-- KEYS[1] conversations of the user   KEYS[2] conversations of the tenant: their names by the time at which they expire
-- ARGV[1] its name in KEYS[1], or '' where the user has no limit   ARGV[2] its name in KEYS[2], or ''
-- ARGV[3] its life from now, in milliseconds   ARGV[4] life of KEYS[1] and KEYS[2], in milliseconds
--
-- Result: 1
local time = redis.call('TIME')
local expires_at = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3]
for index, key in ipairs(KEYS) do
  if ARGV[index] ~= '' then
    redis.call('ZADD', key, expires_at, ARGV[index])
    redis.call('PEXPIRE', key, ARGV[4])
  end
end
return 1
