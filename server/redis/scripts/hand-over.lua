-- Deletes something of another type under the line's key: it must not fail a commit, nor keep anybody from waiting.
local function clear_foreign_line(waiting)
  local reply = redis.pcall('ZSCORE', waiting, '')
  if type(reply) == 'table' and reply.err and string.find(reply.err, 'WRONGTYPE', 1, true) then
    redis.call('DEL', waiting)
  end
end

-- Shared by the scripts that free a lease: keeps it for the first in line, who is told, or deletes it when nobody waits.
-- A place whose caller can't be waiting any more is passed over. Nothing in here can fail after the first write but the
-- telling, and that may: who is called without hearing of it finds out when the kept lease runs out.
--
-- lock, waiting, events: keys, and the channel   kept_ms: how long the lease is kept for who is called
-- longest_wait_ms: how long anybody waits
local function hand_over(lock, waiting, events, kept_ms, longest_wait_ms)
  clear_foreign_line(waiting)
  local time = redis.call('TIME')
  local now_us = time[1] * 1000000 + time[2]
  while true do
    local place, arrived_us = unpack(redis.call('ZPOPMIN', waiting))
    if not place then
      redis.call('DEL', lock)
      return
    end
    -- A place at the front has its arrival as a negative score.
    if now_us - math.abs(arrived_us) <= longest_wait_ms * 1000 then
      redis.call('SET', lock, place, 'PX', kept_ms)
      redis.pcall('SPUBLISH', events, place)
      return
    end
  end
end
