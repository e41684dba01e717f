--- What `agentls/status` says of a buffer, in words, and kept for the status line.
local client = require('agentls.client')
local M = {}

---@class agentls.Status
---@field host? { id: string, title: string } Who reads the file.
---@field kind string What the file is to it: "agent".
---@field isForced boolean Whether the configuration says so.
---@field verdict 'loads'|'requoted'|'dropped'|'none'|'unclosed'|'late'
---@field findings { error: integer, warning: integer, information: integer, hint: integer }

M.METHOD = 'agentls/status'

---@param bufnr integer
function M.params(bufnr)
  return { textDocument = { uri = vim.uri_from_bufnr(bufnr) } }
end

local SEVERITIES = { 'error', 'warning', 'information', 'hint' }

--- What is added in the status line, and what is said at length.
local VERDICTS = {
  loads = { nil, 'The header loads as it stands.' },
  requoted = { 'requoted', 'The header loads only because the host puts values in quotes.' },
  dropped = { 'dropped', 'The host drops the file, because the header does not parse.' },
  none = { nil, 'There is no header.' },
  unclosed = { 'unclosed', 'The header is opened and never closed, so the host sees none.' },
  late = { 'late', 'Something stands before the header, so the host sees none.' },
}

--- What a person is told.
---@param status? agentls.Status
---@return string[]
function M.sentences(status)
  if not status or not status.host then
    return { 'No host reads this file: it is plain markdown.' }
  end
  local article = status.kind:find('^[aeiou]') and 'an' or 'a'
  local counted = {}
  for _, severity in ipairs(SEVERITIES) do
    local count = status.findings[severity]
    local is_plural = count ~= 1 and severity ~= 'information'
    if count > 0 then
      table.insert(counted, ('%d %s%s'):format(count, severity, is_plural and 's' or ''))
    end
  end
  local because = status.isForced and ', as the configuration says' or ''
  return {
    ('%s reads this file as %s %s%s.'):format(status.host.title, article, status.kind, because),
    (VERDICTS[status.verdict] or {})[2] or '',
    #counted == 0 and 'Nothing is found in it.'
      or ('Found in it: %s.'):format(table.concat(counted, ', ')),
  }
end

---@param status agentls.Status
---@return string
local function short(status)
  if not status.host then
    return ''
  end
  local parts = { status.host.title .. ' ' .. status.kind }
  table.insert(parts, (VERDICTS[status.verdict] or {})[1])
  for _, severity in ipairs(SEVERITIES) do
    local count = status.findings[severity]
    if count > 0 then
      table.insert(parts, ('%s:%d'):format(severity:sub(1, 1):upper(), count))
    end
  end
  return table.concat(parts, ' ')
end

local lines = {} ---@type table<integer, string>

--- Buffers that wait for an answer; true where they have to ask again after it.
local waiting = {} ---@type table<integer, boolean>

---@param bufnr integer
local function refresh(bufnr)
  if waiting[bufnr] ~= nil then
    waiting[bufnr] = true
    return
  end
  local of = client.of(bufnr)
  if not of then
    return
  end
  waiting[bufnr] = false
  of:request(M.METHOD, M.params(bufnr), function(_, status)
    local has_changed = waiting[bufnr]
    -- Nothing waits where the buffer has left its server meanwhile.
    if has_changed == nil then
      return
    end
    waiting[bufnr] = nil
    local line = status and short(status) or ''
    if lines[bufnr] ~= line then
      lines[bufnr] = line
      vim.cmd.redrawstatus({ bang = true })
    end
    if has_changed then
      refresh(bufnr)
    end
  end, bufnr)
end

---@param bufnr integer
local function forget(bufnr)
  lines[bufnr] = nil
  waiting[bufnr] = nil
end

local is_kept = false

--- From now on lines are kept up to date.
local function keep()
  is_kept = true
  local group = vim.api.nvim_create_augroup('agentls.status', {})
  vim.api.nvim_create_autocmd({ 'LspAttach', 'DiagnosticChanged', 'BufEnter' }, {
    group = group,
    callback = function(event)
      refresh(event.buf)
    end,
  })
  vim.api.nvim_create_autocmd('BufWipeout', {
    group = group,
    callback = function(event)
      forget(event.buf)
    end,
  })
  vim.api.nvim_create_autocmd('LspDetach', {
    group = group,
    callback = function(event)
      local of = vim.lsp.get_client_by_id(event.data.client_id)
      if not of or of.name == 'agentls' then
        forget(event.buf)
      end
    end,
  })
end

--- The status line of a buffer, as far as it is known.
---@param bufnr integer
---@return string
function M.line(bufnr)
  if not is_kept then
    keep()
  end
  if not lines[bufnr] and waiting[bufnr] == nil then
    refresh(bufnr)
  end
  return lines[bufnr] or ''
end

return M
