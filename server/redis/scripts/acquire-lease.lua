-- Takes a lease on a Redis that keeps nothing but leases: a master of the quorum. redlock calls this in place of its
-- own script, with the same arguments. This one differs in two ways. It knows its own token, so that a request sent
-- again after a lost reply is not refused because of itself. And it stays in the connection's database; redlock's
-- selects the one in ARGV[1].
--
-- KEYS[1] lock
-- ARGV[1] database (unused)   ARGV[2] lease token   ARGV[3] life of the lease, in milliseconds
--
-- Result: 1 taken | 0 held by another
return take_lock(KEYS[1], ARGV[2], '', ARGV[3]) and 1 or 0
