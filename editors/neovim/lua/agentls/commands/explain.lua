--- `:Agentls explain [RULE]`: the page of a rule in a window.
local client = require('agentls.client')

--- The rules of the findings at the cursor, else of those on its line.
---@param of vim.lsp.Client
---@return string[]
local function rules_at_cursor(of)
  local line, column = unpack(vim.api.nvim_win_get_cursor(0))
  local namespace = vim.lsp.diagnostic.get_namespace(of.id, false)
  local here, on_line = {}, {}
  for _, finding in ipairs(vim.diagnostic.get(0, { namespace = namespace, lnum = line - 1 })) do
    local rule = finding.code
    if type(rule) == 'string' then
      local ends_here = finding.end_lnum == finding.lnum and finding.end_col or math.huge
      on_line[rule] = true
      here[rule] = here[rule] or (finding.col <= column and column < ends_here) or nil
    end
  end
  local rules = vim.tbl_keys(next(here) and here or on_line)
  table.sort(rules)
  return rules
end

---@param of vim.lsp.Client
---@param rule string
local function show(of, rule)
  of:exec_cmd({
    title = 'Explain ' .. rule,
    command = 'agentls.explainRule',
    arguments = { rule },
  }, { bufnr = vim.api.nvim_get_current_buf() })
end

--- The names of all rules by the command line that told them.
local names = {} ---@type table<string, string[]>

---@return string[]
local function rule_names()
  local call = table.concat(client.call('schema') or {}, '\n')
  if not names[call] then
    local is_read, schema = pcall(vim.json.decode, client.printed('schema') or '')
    local rules = is_read and vim.tbl_get(schema, 'properties', 'rules', 'properties')
    if rules then
      names[call] = vim.tbl_keys(rules)
      table.sort(names[call])
    end
  end
  return names[call] or {}
end

---@type agentls.Command
return {
  run = function(rule)
    local of = client.require_any()
    if not of then
      return
    end
    if rule ~= '' then
      return show(of, rule)
    end
    local rules = rules_at_cursor(of)
    if #rules == 0 then
      client.notify('There is no finding on this line: name a rule, or go to a finding.')
    elseif #rules == 1 then
      show(of, rules[1])
    else
      vim.ui.select(rules, { prompt = 'Explain:' }, function(chosen)
        if chosen then
          show(of, chosen)
        end
      end)
    end
  end,
  complete = function(begun)
    return vim.tbl_filter(function(name)
      return vim.startswith(name, begun)
    end, rule_names())
  end,
}
