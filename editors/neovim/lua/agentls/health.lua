--- `:checkhealth agentls`
local client = require('agentls.client')
local status = require('agentls.status')
local health = vim.health
local M = {}

local INSTALL = 'Install it with `cargo install --path server` in a checkout of agentls, '
  .. "or name it: vim.lsp.config('agentls', { cmd = { '/path/to/agentls', 'server' } })"

local WATCH = "vim.lsp.config('agentls', { capabilities = { workspace = { "
  .. 'didChangeWatchedFiles = { dynamicRegistration = true } } } })'

local function neovim()
  health.start('agentls: Neovim')
  if vim.fn.has('nvim-0.11.3') == 1 then
    local version = vim.version()
    health.ok(('Neovim %d.%d.%d'):format(version.major, version.minor, version.patch))
    return true
  end
  health.error('Neovim is too old.', 'Install Neovim 0.11.3 or later.')
  return false
end

local function program()
  health.start('agentls: program')
  if not client.command() then
    health.info('The server is started by a function: `cmd` of its configuration names no program.')
    return
  end
  local name = client.program()
  local path = vim.fn.exepath(name)
  if path == '' then
    health.error(('There is no program %s.'):format(name), INSTALL)
    return
  end
  local call = client.call('--version')
  if not call then
    health.info('`cmd` has no word `server`: how agentls is asked for its version is not known.')
    return
  end
  local version = vim.trim(client.printed('--version') or '')
  if version:find('^agentls %d') then
    health.ok(('%s (%s)'):format(version, path))
  else
    health.error(('`%s` does not say a version of agentls.'):format(table.concat(call, ' ')), INSTALL)
  end
end

---@param of vim.lsp.Client
local function watching(of)
  local path = { 'workspace', 'didChangeWatchedFiles', 'dynamicRegistration' }
  if vim.tbl_get(of.capabilities, unpack(path)) then
    health.ok('Files that other programs change are noticed at once.')
    return
  end
  health.info(
    'Neovim watches no files for this server, as it is by default on Linux: '
      .. 'what other programs change is noticed when you next ask or save.'
  )
  health.info('To switch watching on: `' .. WATCH .. '`')
end

local function servers()
  health.start('agentls: server')
  local enable = vim.g.agentls_enable
  if enable == false or enable == 0 then
    health.info('It is not started unasked: g:agentls_enable says so.')
  end
  local running = vim.lsp.get_clients({ name = 'agentls' })
  if #running == 0 then
    health.warn('No server runs.', {
      'Open a markdown file: the server starts with it.',
      'Where it does not, see :checkhealth vim.lsp and its log.',
    })
  end
  for _, of in ipairs(running) do
    health.ok(('Client %d, root %s'):format(of.id, of.root_dir or 'none: single files'))
    local names = vim.tbl_map(function(bufnr)
      local name = vim.api.nvim_buf_get_name(bufnr)
      return ('  %d %s'):format(bufnr, vim.fs.relpath(of.root_dir or '/', name) or name)
    end, vim.tbl_keys(of.attached_buffers))
    table.sort(names)
    health.info(('Attached buffers: %d\n%s'):format(#names, table.concat(names, '\n')))
    watching(of)
  end
end

--- What to do about a file that the host does not load as it stands.
local ADVICE = {
  requoted = '`:Agentls fix` writes the quotes.',
  dropped = 'Go to the finding in the header; the code actions there (`gra`) mend it.',
  unclosed = 'Write `---` alone on a line after the last key of the header.',
  late = 'Move the header to the first line.',
}

--- The buffer from which the check was asked for.
---@return integer?
local function asked_from()
  local before = vim.fn.bufnr('#')
  if before > 0 and client.of(before) then
    return before
  end
  local of = vim.lsp.get_clients({ name = 'agentls' })[1]
  return of and next(of.attached_buffers)
end

local function file()
  local bufnr = asked_from()
  local of = bufnr and client.of(bufnr)
  if not bufnr or not of then
    return
  end
  local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ':~:.')
  health.start('agentls: ' .. name)
  local answer = of:request_sync(status.METHOD, status.params(bufnr), client.ANSWER_MS, bufnr)
  if not answer or answer.err then
    health.warn('The server does not answer.', 'Start another one: `:Agentls restart`.')
    return
  end
  local found = answer.result ---@type agentls.Status?
  local report = table.concat(status.sentences(found), ' ')
  local advice = found and found.host and ADVICE[found.verdict]
  if advice then
    health.warn(report, advice)
  elseif found and found.host then
    health.ok(report)
  else
    health.info(report .. ' `hosts` in .agentls.yaml says whose files lie in a folder.')
  end
end

function M.check()
  if neovim() then
    program()
    servers()
    file()
  end
end

return M
