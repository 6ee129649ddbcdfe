-- Deletes a value of another type under the queue's key: it must not fail a commit, nor keep anybody from waiting.
local function clear_foreign_queue(waiting)
  local reply = redis.pcall('ZSCORE', waiting, '')
  if type(reply) == 'table' and reply.err and string.find(reply.err, 'WRONGTYPE', 1, true) then
    redis.call('DEL', waiting)
  end
end

-- Shared by the scripts that free a lease: keeps it for the first in the queue, and notifies that caller, or deletes it when
-- nobody waits. A ticket whose caller can't be waiting any more is passed over. After the first write only the message can
-- fail, and that may: a caller that misses it finds out when the kept lease runs out.
--
-- lock, waiting, events: keys, and the channel   kept_ms: how long the lease is kept for the notified caller
-- longest_wait_ms: the longest wait
local function hand_over(lock, waiting, events, kept_ms, longest_wait_ms)
  while true do
    local first = redis.pcall('ZPOPMIN', waiting)
    if first.err then
      clear_foreign_queue(waiting)
      first = redis.call('ZPOPMIN', waiting)
    end
    local ticket, arrived_us = unpack(first)
    if not ticket then
      redis.call('DEL', lock)
      return
    end
    local time = redis.call('TIME')
    local now_us = time[1] * 1000000 + time[2]
    -- A ticket at the front has its arrival as a negative score.
    if now_us - math.abs(arrived_us) <= longest_wait_ms * 1000 then
      redis.call('SET', lock, ticket, 'PX', kept_ms)
      redis.pcall('SPUBLISH', events, ticket)
      return
    end
  end
end
