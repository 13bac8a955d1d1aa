--[[
How far the realm is, for who cannot write.

KEYS  1 meta   2 instances
Returns  as announce.lua
]]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
return {
  redis.call('HGET', KEYS[1], 'head') or '',
  string.format('%.0f', now),
  redis.call('HGETALL', KEYS[2]),
}
