-- Puts the caller's ticket into the queue for the lease, if there is room, and notifies the first in the queue when the
-- lease is free. Run again, it leaves the ticket where it is.
--
-- KEYS[1] lock   KEYS[2] waiting   KEYS[3] events   KEYS[4] the caller's ticket: a name, nothing is stored under it
-- ARGV[1] the ticket's arrival, in microseconds of this Redis (negative: at the front), or '' for now
-- ARGV[2] 'front' | 'back'
-- ARGV[3] how long the lease is kept for the notified caller, in milliseconds
-- ARGV[4] the longest wait, in milliseconds
-- ARGV[5] how many tickets the queue may hold for another to be added
--
-- Result: { 1 notified: the lease is kept for the caller | 0 waiting | -1 the queue is full,
--           the ticket's arrival (as ARGV[1]), what is left of the lease in milliseconds }

-- Now, as a score after (or before) all others: tickets of one microsecond, or of a clock set back, keep their order.
local function arrival()
  local time = redis.call('TIME')
  local now_us = time[1] * 1000000 + time[2]
  if ARGV[2] == 'front' then
    local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
    return first and math.min(-now_us, first - 1) or -now_us
  end
  local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2]
  return last and math.max(now_us, last + 1) or now_us
end

-- Counts the tickets of callers that still wait: a caller that died did not take its ticket out.
local function is_full()
  local time = redis.call('TIME')
  local oldest = time[1] * 1000000 + time[2] - ARGV[4] * 1000
  redis.call('ZREMRANGEBYSCORE', KEYS[2], string.format('%.0f', -oldest), string.format('%.0f', oldest))
  return redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[5])
end

clear_foreign_queue(KEYS[2])
local arrived = ARGV[1]
if redis.call('GET', KEYS[1]) ~= KEYS[4] then
  if arrived == '' then
    arrived = redis.call('ZSCORE', KEYS[2], KEYS[4])
    if not arrived then
      if is_full() then
        return { -1, '', redis.call('PTTL', KEYS[1]) }
      end
      -- Lua would write so large a number with an exponent.
      arrived = string.format('%.0f', arrival())
    end
  end
  redis.call('ZADD', KEYS[2], arrived, KEYS[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
  if redis.call('EXISTS', KEYS[1]) == 0 then
    hand_over(KEYS[1], KEYS[2], KEYS[3], ARGV[3], ARGV[4])
  end
end
local is_notified = redis.call('GET', KEYS[1]) == KEYS[4]
return { is_notified and 1 or 0, arrived, redis.call('PTTL', KEYS[1]) }
