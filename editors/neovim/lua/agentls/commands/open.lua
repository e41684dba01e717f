--- `:Agentls open [NAME]`: the file of an agent, a skill or a command.
local client = require('agentls.client')

local METHOD = 'workspace/symbol'

---@param of vim.lsp.Client
---@param symbol lsp.WorkspaceSymbol
local function show(of, symbol)
  vim.lsp.util.show_document(symbol.location, of.offset_encoding, { focus = true })
end

--- The symbols that are called `name`; all of them where none is.
---@param symbols lsp.WorkspaceSymbol[]
---@param name string
---@return lsp.WorkspaceSymbol[]
local function called(symbols, name)
  local exact = vim.tbl_filter(function(symbol)
    return symbol.name == name
  end, symbols)
  return #exact > 0 and exact or symbols
end

---@type agentls.Command
return {
  run = function(name)
    local of = client.require_any()
    if not of then
      return
    end
    of:request(METHOD, { query = name }, function(err, symbols)
      if err then
        return client.notify(err.message)
      end
      local found = called(symbols or {}, name)
      if #found == 0 then
        client.notify(
          name == '' and 'There are no agents here.' or ('Nothing here is called %s.'):format(name)
        )
      elseif #found == 1 then
        show(of, found[1])
      else
        vim.ui.select(found, {
          prompt = 'Open:',
          format_item = function(symbol)
            local path = vim.uri_to_fname(symbol.location.uri)
            return ('%s  %s'):format(symbol.name, vim.fs.relpath(of.root_dir or '/', path) or path)
          end,
        }, function(symbol)
          if symbol then
            show(of, symbol)
          end
        end)
      end
    end)
  end,
  complete = function(begun)
    local of = client.any()
    local answer = of and of:request_sync(METHOD, { query = begun }, client.ANSWER_MS)
    local beginning, fitting, seen = {}, {}, {}
    for _, symbol in ipairs(answer and answer.result or {}) do
      local name = symbol.name
      if not seen[name] then
        seen[name] = true
        table.insert(vim.startswith(name, begun) and beginning or fitting, name)
      end
    end
    -- What only has these letters somewhere is offered where nothing begins with them.
    return #beginning > 0 and beginning or fitting
  end,
}
