--- `:Agentls`: its subcommands, each in a file of its own.
local M = {}

---@class agentls.Command
---@field run fun(argument: string) What stands after the subcommand, without blanks around it.
---@field complete? fun(argument: string): string[] What may stand there, begun as `argument`.

local NAMES = { 'explain', 'fix', 'graph', 'new', 'open', 'restart', 'status' }

---@param name string
---@return agentls.Command?
local function command(name)
  return vim.list_contains(NAMES, name) and require('agentls.commands.' .. name) or nil
end

---@param args string What stands after `:Agentls`.
function M.run(args)
  local name, argument = args:match('^%s*(%S+)%s*(.-)%s*$')
  local found = command(name)
  if found then
    found.run(argument)
  else
    local all = table.concat(NAMES, ', ')
    require('agentls.client').notify(('There is no :Agentls %s, but %s.'):format(name, all))
  end
end

--- What may stand at the cursor, in the place of `lead`.
---@param lead string The word before the cursor.
---@param line string The command line up to the cursor.
---@return string[]
function M.complete(lead, line)
  -- Whatever stands before `:Agentls` (a range, modifiers, another command) is not ours.
  local args = line:match('.*Agentls!?%s+(.*)$') or ''
  local name, argument = args:match('^(%S+)%s+(.*)$')
  if not name then
    return vim.tbl_filter(function(it)
      return vim.startswith(it, lead)
    end, NAMES)
  end
  local found = command(name)
  if not found or not found.complete then
    return {}
  end
  -- A name can have blanks: only its last word is replaced.
  local before = argument:sub(1, #argument - #lead)
  local fitting = {}
  for _, candidate in ipairs(found.complete(argument)) do
    if vim.startswith(candidate, before) then
      table.insert(fitting, candidate:sub(#before + 1))
    end
  end
  return fitting
end

return M
