--- `:Agentls fix`: mends what is safe to mend in the file.
local client = require('agentls.client')

local KIND = 'source.fixAll.agentls'

---@type agentls.Command
return {
  run = function()
    if not client.current() then
      return
    end
    vim.lsp.buf.code_action({
      context = { only = { KIND }, diagnostics = {} },
      -- Other servers may answer with what they were not asked for.
      filter = function(action)
        return action.kind == KIND
      end,
      apply = true,
    })
  end,
}
