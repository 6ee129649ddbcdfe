-- Takes conversations that no longer exist out of a user's list, unless they became active meanwhile.
--
-- KEYS[1] list
-- ARGV[1], ARGV[2], … pairs of a conversation id and the activity time it was found with
--
-- Result: how many were taken out
local removed = 0
for index = 1, #ARGV, 2 do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[index])
  if score and tonumber(score) == tonumber(ARGV[index + 1]) then
    removed = removed + redis.call('ZREM', KEYS[1], ARGV[index])
  end
end
return removed
