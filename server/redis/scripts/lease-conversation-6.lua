-- Takes the lease if it is free or kept for the caller's ticket, and reads all that a turn needs to begin, whether it
-- was taken or not. Sets the conversation's keys back to their full life (I7), if it is certain that the server can
-- read the conversation (I12).
--
-- KEYS[1] state   KEYS[2] lock   KEYS[3] log   KEYS[4] turns   KEYS[5] holder   KEYS[6] forgotten turn ids
-- ARGV[1] life of the keys, in seconds
-- ARGV[2] turn id to look up, or ''
-- ARGV[3] number of another turn to return, or ''
-- ARGV[4] number of last log entries to return
-- ARGV[5] least number of them if the turns must be retold to a fresh agent conversation
-- ARGV[6] most bytes of them; the last entry is returned whatever its size
-- ARGV[7] lease token, or '' to load only   ARGV[8] the caller's ticket   ARGV[9] life of the lease, in milliseconds
--
-- Result: { head of the state | false, the lock's value, 'number:digest:token' of the turn id | 'forgotten' | false,
--           its turn | false,
--           false | { the holder's ticket, how long it has held the lease in milliseconds, '1' stale | '0' },
--           { turn, newest first }, the other turn | false,
--           'slid' | 'unproven': the server must read it first, and slide it then |
--           'foreign': a value of another type is stored under one of its keys,
--           { the turns from which the turn id's one is told }, rest of the state }
-- A turn is a log entry: see turn_of. The lock's value is the lease token if the lease was taken.
local is_taken, owner = false, nil
if ARGV[7] == '' then
  owner = read('GET', KEYS[2])
else
  is_taken, owner = take_lock(KEYS[2], ARGV[7], ARGV[8], ARGV[9])
end

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local noted, is_foreign_note = read('HMGET', KEYS[5], 'token', 'place', 'since', 'stale')
local token, ticket, since, stale = unpack(noted or {})
local holder = false
if is_taken and token ~= owner then
  -- A holder that finishes cleanly leaves no note, so an earlier holder's note means that its agent may have heard a
  -- turn that never happened. A value of another type makes way, and then nothing is known of that.
  if is_foreign_note then
    redis.call('DEL', KEYS[5])
  end
  stale = (token or is_foreign_note) and '1' or '0'
  holder = { ARGV[8], 0, stale }
elseif token and token == owner then
  holder = { ticket, math.max(0, now_ms() - since), stale }
end

-- Writes the note of a new holder, and sets the conversation's keys back to their full life, unless the server must read the
-- conversation first. The note lives at least as long as the lease; slid, as long as the conversation (I7).
local function finish(is_readable, first)
  local is_new_holder = is_taken and token ~= owner
  if is_new_holder then
    redis.call('HSET', KEYS[5], 'token', owner, 'place', ARGV[8], 'since', now_ms(), 'stale', stale)
  end
  if is_readable then
    for _, key in ipairs({ KEYS[1], KEYS[3], KEYS[4], KEYS[5] }) do
      redis.call('EXPIRE', key, ARGV[1])
    end
    if first > 1 then
      redis.call('EXPIRE', KEYS[6], ARGV[1])
    end
  elseif is_new_holder and redis.call('PTTL', KEYS[5]) < tonumber(ARGV[9]) then
    redis.call('PEXPIRE', KEYS[5], ARGV[9])
  end
  return is_readable and 'slid' or 'unproven'
end

local is_foreign, head, rest, is_proven, used, first, shown, viewed =
  open_conversation(KEYS[1], KEYS[3], KEYS[4], KEYS[6], ARGV[2])
if is_foreign then
  finish(false)
  return { false, owner, false, false, false, {}, false, 'foreign', {}, '' }
end
if not head then
  return { false, owner, false, false, holder, {}, false, finish(true, 1), {}, '' }
end

local function numbered(number)
  local entry = tonumber(number) >= shown and redis.call('XRANGE', KEYS[3], number, number)[1]
  return entry and turn_of(entry) or false
end

local wanted = tonumber(ARGV[4])
if holder and stale == '1' then
  wanted = math.max(wanted, tonumber(ARGV[5]))
end
local said = {}
local bytes = 0
local upto = '+'
-- One by one, so that no more of large entries is read than is returned.
while #said < wanted do
  local entry = redis.call('XREVRANGE', KEYS[3], upto, '-', 'COUNT', 1)[1]
  if not entry then
    break
  end
  local turn = turn_of(entry)
  bytes = bytes + #turn[1]
  if tonumber(turn[3]) < shown or #said > 0 and bytes > tonumber(ARGV[6]) then
    break
  end
  said[#said + 1] = turn
  upto = '(' .. entry[1]
end

local other = ARGV[3] ~= '' and numbered(ARGV[3])
if ARGV[2] ~= '' and not used and first > 1 and is_forgotten(KEYS[6], ARGV[2]) then
  used = 'forgotten'
end
local number = used and string.match(used, '^(%d+):[^:]*:')
local done = number and numbered(number) or false
local before, is_whole = {}, true
if done then
  before, is_whole = told_from(KEYS[3], done, viewed)
end
local is_readable = is_proven
  and (not used or number or used == 'forgotten')
  and (not done or is_proven_turn(done) and is_whole and are_proven_turns(before))
  and (not other or is_proven_turn(other))
return { head, owner, used, done, holder, said, other, finish(is_readable, first), before, rest }
