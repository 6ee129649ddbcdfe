-- Reads a state for the list of conversations. Listing conversations keeps none of them alive.
--
-- KEYS[1] state
-- ARGV[1] how many bytes it may have to be returned, or '' for any number
--
-- Result: false | { 'state', the state } | { 'large' } | { 'foreign': a value of another type is stored there }
local state, is_foreign = read('GET', KEYS[1])
if is_foreign then
  return { 'foreign' }
end
if not state then
  return false
end
if ARGV[1] ~= '' and #state > tonumber(ARGV[1]) then
  return { 'large' }
end
return { 'state', state }
