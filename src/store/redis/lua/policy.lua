--[[
Everything of a realm but its clients, of one moment.

KEYS  1 groups   2 roles   3 meta   4 changes

Returns  meta (fields and values)   groups (names and values)   roles (names and values)
         the id of the newest change
]]
local position = '0-0'
if redis.call('EXISTS', KEYS[4]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[4])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then position = info[i + 1] end
  end
end
return {
  redis.call('HGETALL', KEYS[3]),
  redis.call('HGETALL', KEYS[1]),
  redis.call('HGETALL', KEYS[2]),
  position,
}
