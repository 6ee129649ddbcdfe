-- Sets the keys of a conversation that the server has read back to their full life (I7). The scripts that read do it
-- themselves where they can tell that the conversation is readable (I12).
--
-- KEYS[1] state   KEYS[2] log   KEYS[3] turns   KEYS[4] holder   KEYS[5] forgotten turn ids
-- ARGV[1] life of the keys, in seconds
--
-- Result: 'slid' | 'refused': this Redis takes no writes
return slide_or_not(KEYS, ARGV[1])
