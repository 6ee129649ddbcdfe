-- Takes conversations that no longer exist out of a user's list, unless they have become active since, or were active so
-- lately that a call may still be opening them.
--
-- KEYS[1] list
-- ARGV[1] how long an opening may take, in milliseconds
-- ARGV[2], ARGV[3], … pairs of a conversation id and the activity time with which it was found
--
-- Result: how many were taken out
local time = redis.call('TIME')
local opened_before = time[1] * 1000 + math.floor(time[2] / 1000) - ARGV[1]
local removed = 0
for index = 2, #ARGV, 2 do
  local score = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[index]) or nil)
  if score and score == tonumber(ARGV[index + 1]) and score < opened_before then
    removed = removed + redis.call('ZREM', KEYS[1], ARGV[index])
  end
end
return removed
