--- The server: where it runs, and for whom.
local M = {}

--- Longest wait for a program that starts because a command needs it.
local START_MS = 5000

--- Longest wait for an answer that something on the command line waits for.
M.ANSWER_MS = 2000

---@param message string
---@param level? integer Default: a warning.
function M.notify(message, level)
  vim.notify('agentls: ' .. message, level or vim.log.levels.WARN)
end

--- The client that the buffer is attached to.
---@param bufnr integer
---@return vim.lsp.Client?
function M.of(bufnr)
  return vim.lsp.get_clients({ name = 'agentls', bufnr = bufnr })[1]
end

--- The same for the current buffer; says what to do where there is none.
---@return vim.lsp.Client?
function M.current()
  local client = M.of(vim.api.nvim_get_current_buf())
  if not client then
    M.notify('This buffer is not attached to the server: ask :checkhealth agentls.')
  end
  return client
end

--- How the server is started: nothing where the user has something that is no program.
---@return string[]?
function M.command()
  local config = vim.lsp.config.agentls
  local cmd = config and config.cmd
  return type(cmd) == 'table' and cmd or nil
end

--- The program, as it is configured.
---@return string
function M.program()
  local cmd = M.command()
  return cmd and cmd[1] or 'agentls'
end

--- The command line that runs agentls as it is configured, with other arguments than `server`.
--- Nothing where the configuration has a command line without that word.
---@param ... string
---@return string[]?
function M.call(...)
  local call = vim.deepcopy(M.command() or { 'agentls', 'server' })
  -- What stands after the word is for the server, what stands before it may start agentls.
  repeat
    local last = table.remove(call)
  until last == 'server' or last == nil
  return #call > 0 and vim.list_extend(call, { ... }) or nil
end

--- Runs agentls, and waits for what it prints.
---@param ... string
---@return string? # Nothing where it does not run to its end, or fails.
function M.printed(...)
  local call = M.call(...)
  if not call then
    return nil
  end
  local config = vim.lsp.config.agentls
  local is_run, ended = pcall(function()
    local options = { text = true, env = config and config.cmd_env }
    return vim.system(call, options):wait(START_MS)
  end)
  return is_run and ended.code == 0 and ended.stdout or nil
end

--- Whether the program is there; says what to do where it is not.
---@return boolean
function M.require_program()
  local program = M.program()
  local is_there = vim.fn.executable(program) == 1
  if not is_there then
    M.notify(('There is no program %s: ask :checkhealth agentls.'):format(program))
  end
  return is_there
end

--- Whether a server can be started; says what to do where it cannot.
---@return boolean
function M.require_startable()
  return M.command() == nil or M.require_program()
end

--- The folder that a server for the current directory has as its root.
---@return string?
function M.root()
  local config = vim.lsp.config.agentls
  local markers = config and config.root_markers
  return markers and vim.fs.root(vim.fn.getcwd(), markers)
end

--- Starts a server for `root`, or finds the one that runs there, and waits until it answers.
---@param root string
---@return vim.lsp.Client?
local function start(root)
  local config = vim.deepcopy(vim.lsp.config.agentls)
  config.root_dir = root
  local id = vim.lsp.start(config, { attach = false, silent = true })
  local client = id and vim.lsp.get_client_by_id(id)
  local is_ready = client
    and vim.wait(START_MS, function()
      return client.initialized or client:is_stopped()
    end, 10)
  return is_ready and not client:is_stopped() and client or nil
end

--- A client for questions about all agents: that of the current buffer, else that of the
--- current directory, else any. Starts a server in the project of the current directory
--- where none runs.
---@return vim.lsp.Client?
function M.any()
  local attached = M.of(vim.api.nvim_get_current_buf())
  if attached then
    return attached
  end
  local is_startable = M.command() == nil or vim.fn.executable(M.program()) == 1
  local root = is_startable and M.root() or nil
  return root and start(root) or vim.lsp.get_clients({ name = 'agentls' })[1]
end

--- The same; says what to do where there is none.
---@return vim.lsp.Client?
function M.require_any()
  local client = M.any()
  if not client and M.require_startable() then
    M.notify('No server runs: open a file of the team, or ask :checkhealth agentls.')
  end
  return client
end

return M
