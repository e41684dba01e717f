--- `:Agentls restart`: another server in the place of each that runs.
local client = require('agentls.client')

--- How long a server may take to leave before it is ended, and how often we look.
local LEAVE_MS, LOOK_MS = 3000, 50

--- Calls `done` when the client has left.
---@param of vim.lsp.Client
---@param done fun()
local function stop(of, done)
  local function look(waited_ms)
    if of:is_stopped() then
      return done()
    end
    if waited_ms == LEAVE_MS then
      of:stop(true)
    elseif waited_ms >= 2 * LEAVE_MS then
      return client.notify('The server does not leave.')
    end
    vim.defer_fn(function()
      look(waited_ms + LOOK_MS)
    end, LOOK_MS)
  end
  of:stop()
  look(0)
end

---@type agentls.Command
return {
  run = function()
    local running = vim.lsp.get_clients({ name = 'agentls', _uninitialized = true })
    if #running == 0 and client.require_startable() then
      vim.lsp.enable('agentls')
    end
    for _, of in ipairs(running) do
      local buffers = vim.tbl_keys(of.attached_buffers)
      stop(of, function()
        -- The configuration may be another one by now; where the server runs stays.
        local config = vim.deepcopy(vim.lsp.config.agentls)
        config.root_dir = of.root_dir
        for _, bufnr in ipairs(vim.tbl_filter(vim.api.nvim_buf_is_loaded, buffers)) do
          vim.lsp.start(config, { bufnr = bufnr })
        end
      end)
    end
  end,
}
