--[[
What has changed since a change, with everything it changed as it is now, of one moment.

KEYS  1 clients   2 groups   3 roles   4 meta   5 changes
ARGV  1 the id of the last change that is known   2 how many changes and how many entities, at most

Returns  too-many
         or: changes, the head, changeIndex, settings, the changes (id; fields and values),
         clients, groups, roles (names and values, none where there is no such one)
]]
local limit = tonumber(ARGV[2])
local changes = redis.call('XRANGE', KEYS[5], '(' .. ARGV[1], '+', 'COUNT', limit + 1)
if #changes > limit then return { 'too-many' } end

local FIELDS = { clients = 1, groups = 2, roles = 3 }
local values = { {}, {}, {} }
local seen = { {}, {}, {} }
local count = 0
for _, change in ipairs(changes) do
  local fields = change[2]
  for i = 1, #fields, 2 do
    local kind = FIELDS[fields[i]]
    if kind then
      for name in string.gmatch(fields[i + 1], '[^%z]+') do
        if not seen[kind][name] then
          seen[kind][name] = true
          count = count + 1
          if count > limit then return { 'too-many' } end
          local list = values[kind]
          list[#list + 1] = name
          list[#list + 1] = redis.call('HGET', KEYS[kind], name)
        end
      end
    end
  end
end

local meta = redis.call('HMGET', KEYS[4], 'head', 'changeIndex', 'settings', 'schema')
return { 'changes', meta[1], meta[2], meta[3], meta[4], changes, values[1], values[2], values[3] }
