--[[
Commits a draft: compares what it has read with what is there now, and writes all of it or nothing.

KEYS  1 clients   2 groups   3 roles   4 incarnations   5 meta   6 changes   7 this commit's own key
      8 and on: what is remembered of logins that the change ends (where the server has it in the same place)
ARGV  1 schema version   2 deadline (ms, of this server's clock)   3 commit id   4 by how much changeIndex grows
      5 how many changes are kept   6 for how long the commit's own key is kept (ms)
      7 the head that is expected, `*` for any, empty for none (a realm that is not there yet)
      8 how many reads, then for each: kind, name, what was read
        kinds: client, group, role: `-` for none, else `+` and the incarnation (a client has none)
               CLIENT, GROUP, ROLE, SETTINGS: `-` for none, else the SHA-1 of the value
      then how many writes, then for each: kind, name, value (empty: deleted), incarnation
      then fields and values of the change

Returns  written, the revision, the revision before it
         late, the time (ms)
         conflict, kind, name
         schema, the version that is there
]]
local CLIENTS, GROUPS, ROLES, INCARNATIONS, META, CHANGES, OWN = unpack(KEYS)
local HASHES = { client = CLIENTS, group = GROUPS, role = ROLES, CLIENT = CLIENTS, GROUP = GROUPS, ROLE = ROLES }

-- A key of another type fails here, before anything is written.
for i = 1, 5 do redis.call('HLEN', KEYS[i]) end
redis.call('XLEN', CHANGES)

-- Sent twice: the answer to the first.
local known = redis.call('HMGET', OWN, 'revision', 'previous')
if known[1] then return { 'written', known[1], known[2] } end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if now > tonumber(ARGV[2]) then return { 'late', string.format('%.0f', now) } end

local schema, head = unpack(redis.call('HMGET', META, 'schema', 'head'))
if schema and schema ~= ARGV[1] then return { 'schema', schema } end
head = head or ''
if ARGV[7] ~= '*' and ARGV[7] ~= head then return { 'conflict', 'head', head } end
if ARGV[7] ~= '' and head == '' then return { 'conflict', 'head', '' } end

local function digest(value)
  return value and redis.sha1hex(value) or '-'
end

local function current(kind, name)
  if kind == 'SETTINGS' then return digest(redis.call('HGET', META, 'settings')) end
  local hash = HASHES[kind]
  if kind == 'CLIENT' or kind == 'GROUP' or kind == 'ROLE' then return digest(redis.call('HGET', hash, name)) end
  if redis.call('HEXISTS', hash, name) == 0 then return '-' end
  if kind == 'client' then return '+' end
  return '+' .. (redis.call('HGET', INCARNATIONS, kind .. ':' .. name) or '')
end

local at = 8
for _ = 1, tonumber(ARGV[at]) do
  if current(ARGV[at + 1], ARGV[at + 2]) ~= ARGV[at + 3] then
    return { 'conflict', ARGV[at + 1], ARGV[at + 2] }
  end
  at = at + 3
end
at = at + 1

-- The first of what is written: who may not do this has written nothing.
for i = 8, #KEYS do redis.call('UNLINK', KEYS[i]) end

local entry = { CHANGES, 'MAXLEN', '=', ARGV[5], '*', 'commit', ARGV[3], 'previous', head }
local first = at + 1 + tonumber(ARGV[at]) * 4
for i = first, #ARGV do entry[#entry + 1] = ARGV[i] end
local id = redis.call('XADD', unpack(entry))
local revision = id .. '-' .. ARGV[3]

for _ = 1, tonumber(ARGV[at]) do
  local kind, name, value, incarnation = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  at = at + 4
  if kind == 'settings' then
    redis.call('HSET', META, 'settings', value)
  elseif value == '' then
    redis.call('HDEL', HASHES[kind], name)
    if kind ~= 'client' then redis.call('HDEL', INCARNATIONS, kind .. ':' .. name) end
  else
    redis.call('HSET', HASHES[kind], name, value)
    if kind ~= 'client' then redis.call('HSET', INCARNATIONS, kind .. ':' .. name, incarnation) end
  end
end

redis.call('HSET', META, 'schema', ARGV[1], 'head', revision)
redis.call('HINCRBY', META, 'changeIndex', ARGV[4])
redis.call('HSET', OWN, 'revision', revision, 'previous', head)
redis.call('PEXPIRE', OWN, ARGV[6])
return { 'written', revision, head }
