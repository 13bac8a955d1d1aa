--[[
Puts a staged document in the place of the realm.

KEYS  1 clients   2 groups   3 roles   4 incarnations   5 to 8 the same, staged   9 to 12 the same, to be thrown away
      13 meta   14 changes   15 this commit's own key
ARGV  1 schema version   2 deadline (ms, of this server's clock)   3 commit id   4 changeIndex from now on
      5 how many changes are kept   6 for how long the commit's own key is kept (ms)
      7 the head that is expected, empty for a realm that is not there yet
      8 settings   9 the key among 5 to 8 that have been staged, as letters: c g r i
      then fields and values of the change

Returns  written, the revision, the revision before it
         late, the time (ms)
         conflict, head, the head
         schema, the version that is there
         lost, a staged key that has expired
]]
local META, CHANGES, OWN = KEYS[13], KEYS[14], KEYS[15]
for i = 1, 13 do redis.call('HLEN', KEYS[i]) end
redis.call('XLEN', CHANGES)

local known = redis.call('HMGET', OWN, 'revision', 'previous')
if known[1] then return { 'written', known[1], known[2] } end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if now > tonumber(ARGV[2]) then return { 'late', string.format('%.0f', now) } end

local schema, head = unpack(redis.call('HMGET', META, 'schema', 'head'))
if schema and schema ~= ARGV[1] then return { 'schema', schema } end
head = head or ''
if ARGV[7] ~= head then return { 'conflict', 'head', head } end

local LETTERS = { 'c', 'g', 'r', 'i' }
for i = 1, 4 do
  local isStaged = string.find(ARGV[9], LETTERS[i], 1, true) ~= nil
  if isStaged and redis.call('EXISTS', KEYS[4 + i]) == 0 then return { 'lost', KEYS[4 + i] } end
end

local entry = { CHANGES, 'MAXLEN', '=', ARGV[5], '*', 'commit', ARGV[3], 'previous', head }
for i = 10, #ARGV do entry[#entry + 1] = ARGV[i] end
local revision = redis.call('XADD', unpack(entry)) .. '-' .. ARGV[3]

-- What is overwritten by a RENAME is freed at once, and that takes long: it is moved away, and freed in the background.
for i = 1, 4 do
  if redis.call('EXISTS', KEYS[i]) == 1 then redis.call('RENAME', KEYS[i], KEYS[8 + i]) end
  if redis.call('EXISTS', KEYS[4 + i]) == 1 then
    redis.call('RENAME', KEYS[4 + i], KEYS[i])
    redis.call('PERSIST', KEYS[i])
  end
  redis.call('UNLINK', KEYS[8 + i])
end

redis.call('HSET', META, 'schema', ARGV[1], 'head', revision, 'changeIndex', ARGV[4], 'settings', ARGV[8])
redis.call('HSET', OWN, 'revision', revision, 'previous', head)
redis.call('PEXPIRE', OWN, ARGV[6])
return { 'written', revision, head }
