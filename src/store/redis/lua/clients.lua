--[[
Clients by name, and how far the realm is, of one moment.

KEYS  1 clients   2 meta
ARGV  names, 1 to 500

Returns  the head, empty where there is no realm
         the records in the order of the names, none where there is no such client
]]
return { redis.call('HGET', KEYS[2], 'head') or '', redis.call('HMGET', KEYS[1], unpack(ARGV)) }
