-- Takes a conversation that was purged out of the count. The place that a turn has reserved to open it again stays: a turn may
-- have found it gone before its purge is told here (admit-turn-8.lua).
--
-- KEYS[1] conversations of the user   KEYS[2] conversations of the tenant
-- ARGV[1] its name in KEYS[1]   ARGV[2] its name in KEYS[2]
--
-- Result: 1
for index, key in ipairs(KEYS) do
  local score = redis.call('ZSCORE', key, ARGV[index])
  -- The time of a reservation has a half, that of a stored conversation has none.
  if score and not string.find(score, '.5', 1, true) then
    redis.call('ZREM', key, ARGV[index])
  end
end
return 1
