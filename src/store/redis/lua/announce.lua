--[[
An instance says that it is there, and hears how far the realm is and who else is there.

KEYS  1 meta   2 instances
ARGV  1 the instance's id   2 what it says of itself (JSON); empty: it leaves   3 for how long that counts (ms)

Returns  the head, the time (ms), the instances (ids; when they were last heard of in ms, a space, what they say)
]]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[2], ARGV[1])
else
  redis.call('HSET', KEYS[2], ARGV[1], string.format('%.0f', now) .. ' ' .. ARGV[2])
end
redis.call('PEXPIRE', KEYS[2], ARGV[3])

local instances = redis.call('HGETALL', KEYS[2])
local alive = {}
for i = 1, #instances, 2 do
  local heard = tonumber(string.match(instances[i + 1], '^%d+')) or 0
  if now - heard > tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[2], instances[i])
  else
    alive[#alive + 1] = instances[i]
    alive[#alive + 1] = instances[i + 1]
  end
end
return { redis.call('HGET', KEYS[1], 'head') or '', string.format('%.0f', now), alive }
