-- Takes the right to commit from the lease's holder (I3), tells the server on which the holder runs, and gives the lease to
-- the first who waits. A lease that has committed is not stopped: what it stored stands.
--
-- KEYS[1] lock   KEYS[2] mark of the interrupted holder   KEYS[3] waiting   KEYS[4] events   KEYS[5] state
-- ARGV[1] the lease token that was found in the lock
-- ARGV[2] life of the mark, in milliseconds
-- ARGV[3] how long the lease is kept for the next caller, in milliseconds; '' when a quorum keeps it too, and must release it
-- ARGV[4] channel of interrupts
-- ARGV[5] the longest wait, in milliseconds
--
-- Result: 1 stopped | 0 another holds the lease by now, or nobody, or it has committed

-- The request was sent again because its reply was lost.
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 1
end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
local head = read('GETRANGE', KEYS[5], 0, longest_head)
if head and string.match(head, '^{"incarnation":"[^"]*","revision":%d+,"committedBy":"([^"]*)"') == ARGV[1] then
  return 0
end
clear_foreign_queue(KEYS[3])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
if ARGV[3] ~= '' then
  hand_over(KEYS[1], KEYS[3], KEYS[4], ARGV[3], ARGV[5])
end
redis.pcall('PUBLISH', ARGV[4], ARGV[1])
return 1
