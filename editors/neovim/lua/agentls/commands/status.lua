--- `:Agentls status`: what the host makes of the file.
local client = require('agentls.client')
local status = require('agentls.status')

---@type agentls.Command
return {
  run = function()
    local of = client.current()
    if not of then
      return
    end
    local bufnr = vim.api.nvim_get_current_buf()
    of:request(status.METHOD, status.params(bufnr), function(err, found)
      if err then
        return client.notify(err.message)
      end
      client.notify(table.concat(status.sentences(found), ' '), vim.log.levels.INFO)
    end, bufnr)
  end,
}
