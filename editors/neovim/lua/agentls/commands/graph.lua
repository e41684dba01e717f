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
    local of = client.require_any()
    if not of then
      return
    end
    local params = {
      format = 'html',
      uri = of.root_dir and vim.uri_from_fname(of.root_dir),
      nonce = vim.text.hexencode(assert(vim.uv.random(16))),
    }
    of:request('agentls/graph', params, function(err, drawn)
      if err then
        client.notify(err.message)
      elseif not drawn then
        client.notify('There is no workspace whose team could be drawn: open a file in a project.')
      else
        open(drawn.text)
      end
    end)
  end,
}
