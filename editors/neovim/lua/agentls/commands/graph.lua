--- `:Agentls graph`: who delegates to whom and who extends whom, as a page in the browser.
local client = require('agentls.client')

--- Writes the page and opens it.
---@param page string
local function open(page)
  local file = vim.fn.tempname() .. '.html'
  vim.fn.writefile(vim.split(page, '\n', { plain = true }), file, 'b')
  local _, problem = vim.ui.open(file)
  if problem then
    client.notify(('No program here opens web pages: the graph is in %s.'):format(file))
  end
end

---@type agentls.Command
return {
  run = function()
    if not client.require_program() then
      return
    end
    local attached = client.of(vim.api.nvim_get_current_buf())
    local root = attached and attached.root_dir or client.root() or vim.fn.getcwd()
    local command = { client.program(), 'graph', root, '--format', 'html' }
    vim.system(
      command,
      {},
      vim.schedule_wrap(function(printed)
        if printed.code == 0 then
          open(printed.stdout)
        else
          client.notify('There is no graph: ' .. vim.trim(printed.stderr))
        end
      end)
    )
  end,
}
