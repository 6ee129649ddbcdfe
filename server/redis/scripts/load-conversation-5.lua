-- Reads what a turn needs to begin, and sets the conversation's keys back to their full life (I7), unless it is not certain
-- that the server can read it (I12).
--
-- KEYS[1] state   KEYS[2] lock   KEYS[3] log   KEYS[4] turns   KEYS[5] holder
-- ARGV[1] life of the keys, in seconds
-- ARGV[2] turn id to look up, or ''
-- ARGV[3] number of another turn to hand over, or ''
-- ARGV[4] how many of the last log entries to hand over
-- ARGV[5] how many at least where an agent has to be told anew what was said
-- ARGV[6] how many bytes of them, but for the last one, which is handed over whatever its size
--
-- Result: { state | false, what is in the lock | false, 'number:digest:token' of the turn id | false, its turn | false,
--           false | { the holder's place, how long it has held the lease in milliseconds, '1' stale | '0' },
--           { turn, newest first }, the other turn | false,
--           'slid' | 'unproven': the server must read it first, and slide it then |
--           'foreign': something else is stored under one of its keys }
-- A turn is a log entry: { JSON, format }. What is in the lock tells the caller whether this ran under the caller's lease.
local owner = read('GET', KEYS[2])
if has_foreign_type(KEYS[1], KEYS[3], KEYS[4]) then
  return { false, owner, false, false, false, {}, false, 'foreign' }
end
local state = redis.call('GET', KEYS[1])

local holder = false
local noted = read('HMGET', KEYS[5], 'token', 'place', 'since', 'stale')
local token, place, since, stale = unpack(noted or {})
if token and token == owner then
  local time = redis.call('TIME')
  holder = { place, math.max(0, time[1] * 1000 + math.floor(time[2] / 1000) - since), stale }
end

local function slide()
  for _, key in ipairs({ KEYS[1], KEYS[3], KEYS[4], KEYS[5] }) do
    redis.call('EXPIRE', key, ARGV[1])
  end
  return 'slid'
end
if not state then
  return { false, owner, false, false, holder, {}, false, slide() }
end

local function numbered(number)
  local entry = redis.call('XRANGE', KEYS[3], number, number)[1]
  return entry and turn_of(entry) or false
end

local wanted = tonumber(ARGV[4])
if holder and stale == '1' then
  wanted = math.max(wanted, tonumber(ARGV[5]))
end
local said = {}
local bytes = 0
local upto = '+'
-- One by one: of large entries no more is touched than is handed over.
while #said < wanted do
  local entry = redis.call('XREVRANGE', KEYS[3], upto, '-', 'COUNT', 1)[1]
  if not entry then
    break
  end
  local turn = turn_of(entry)
  bytes = bytes + #turn[1]
  if #said > 0 and bytes > tonumber(ARGV[6]) then
    break
  end
  said[#said + 1] = turn
  upto = '(' .. entry[1]
end

local other = ARGV[3] ~= '' and numbered(ARGV[3])
local used = ARGV[2] ~= '' and redis.call('HGET', KEYS[4], ARGV[2])
local number = used and string.match(used, '^(%d+):[^:]*:')
local done = number and numbered(number) or false
local is_proven = is_proven_state(state)
  and (not used or number)
  and (not done or is_proven_turn(done))
  and (not other or is_proven_turn(other))
return { state, owner, used, done, holder, said, other, is_proven and slide() or 'unproven' }
