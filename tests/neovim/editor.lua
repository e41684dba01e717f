-- A person at the keyboard: starts a second Neovim, types into it, and looks at what
-- it shows.
--
-- The second Neovim is there because a script cannot type into its own: insert mode
-- and its popup menu need an event loop that runs while we wait.

local M = {}

local WAIT_MS, POLL_MS = 30000, 20

--- How long the editor may be busy with keys before it counts as waiting for one.
local KEY_MS = 10000

local COLUMNS, LINES = 120, 40

--- Folders: of this run, of the team as it comes, of the plugin, of what failures leave.
local work, examples, plugin, dumps = unpack(arg)
assert(dumps, 'usage: nvim -l client.lua WORK EXAMPLES PLUGIN DUMPS')
M.plugin, M.work = plugin, work

local channel ---@type integer? The editor that is typed into.
local started = 0
local last_options ---@type test.Start

--- The team that the editor works on: a copy of its own.
M.team = nil ---@type string

local function copy(from, to)
  vim.fn.mkdir(vim.fs.dirname(to), 'p')
  local copied = vim.system({ 'cp', '-r', from, to }):wait()
  assert(copied.code == 0, copied.stderr)
end

---@class test.Start
---@field plugin? boolean Whether the plugin is installed, as a package: default true.
---@field init? string The text of its init.lua.
---@field args? string[] More arguments.
---@field env? table<string, string> More of the environment.
---@field file? string A file of the team to open.

--- Starts an editor with a home and a team of its own, in the team's folder.
---@param options? test.Start
function M.start(options)
  options = options or {}
  last_options = options
  M.stop()
  started = started + 1
  local home = ('%s/home-%d'):format(work, started)
  M.team = ('%s/team-%d'):format(work, started)
  vim.fn.mkdir(home, 'p')
  copy(examples, M.team)
  if options.plugin ~= false then
    copy(plugin, home .. '/.local/share/nvim/site/pack/test/start/agentls')
  end
  if options.init then
    vim.fn.mkdir(home .. '/.config/nvim', 'p')
    vim.fn.writefile(vim.split(options.init, '\n'), home .. '/.config/nvim/init.lua')
  end
  local command = { vim.v.progpath, '--embed', '--headless', '-n', '-i', 'NONE' }
  vim.list_extend(command, options.args or {})
  table.insert(command, options.file)
  channel = vim.fn.jobstart(command, {
    rpc = true,
    cwd = M.team,
    env = vim.tbl_extend('force', { HOME = home }, options.env or {}),
  })
  assert(channel > 0, 'the second Neovim did not start')
  M.ask(
    [[
    vim.o.columns, vim.o.lines = ...
    vim.o.hidden = true
    vim.o.completeopt = 'menuone,noinsert,popup'
    vim.keymap.set('i', '<C-Space>', function() vim.lsp.completion.get() end)
    vim.api.nvim_create_autocmd('LspAttach', {
      callback = function(event)
        vim.lsp.completion.enable(true, event.data.client_id, event.buf, { autotrigger = false })
      end,
    })
  ]],
    COLUMNS,
    LINES
  )
end

--- Leaves the editor. Whether it left in order.
function M.stop()
  if not channel then
    return true
  end
  pcall(vim.rpcnotify, channel, 'nvim_command', 'qall!')
  local code = vim.fn.jobwait({ channel }, WAIT_MS)[1]
  if code == -1 then
    vim.fn.jobstop(channel)
  end
  channel = nil
  return code == 0
end

--- The mode, and whether the editor waits for a key, when it answers nothing else.
function M.mode()
  return vim.rpcrequest(assert(channel), 'nvim_get_mode')
end

--- Runs Lua in the editor; what it returns is the answer.
function M.ask(code, ...)
  local is_free = vim.wait(KEY_MS, function()
    return not M.mode().blocking
  end, POLL_MS)
  if not is_free then
    error('the editor waits for a key', 2)
  end
  return vim.rpcrequest(assert(channel), 'nvim_exec_lua', code, { ... })
end

function M.type_keys(keys)
  vim.rpcrequest(assert(channel), 'nvim_input', keys)
end

--- What stands on the screen, a string for each line.
function M.screen()
  return M.ask([[
    vim.cmd('redraw!')
    local lines = {}
    for row = 1, vim.o.lines do
      local cells = {}
      for column = 1, vim.o.columns do
        table.insert(cells, vim.fn.screenstring(row, column))
      end
      table.insert(lines, (table.concat(cells):gsub('%s+$', '')))
    end
    return lines
  ]])
end

--- Asks until `accept` takes the answer. Fails with the last answer where none is taken.
function M.eventually(what, accept, code, ...)
  local arguments = { ... }
  local last
  local ask = type(code) == 'function' and code
    or function()
      return M.ask(code, unpack(arguments))
    end
  local ok = vim.wait(WAIT_MS, function()
    last = ask()
    return accept(last)
  end, POLL_MS)
  if not ok then
    local seen = vim.islist(last) and type(last[1]) == 'string' and table.concat(last, '\n')
      or vim.inspect(last)
    error(('%s: not within %d ms; last seen:\n%s'):format(what, WAIT_MS, seen), 2)
  end
  return last
end

function M.expect_equal(what, actual, expected)
  if not vim.deep_equal(actual, expected) then
    error(
      ('%s\nexpected: %s\nactual:   %s'):format(what, vim.inspect(expected), vim.inspect(actual)),
      2
    )
  end
end

function M.expect_contains(what, text, part)
  if type(text) ~= 'string' or not text:find(part, 1, true) then
    error(('%s\nexpected to contain: %s\nactual: %s'):format(what, part, tostring(text)), 2)
  end
end

--- Waits until a line of the screen contains all `parts` in their order; answers that line.
function M.expect_on_screen(what, ...)
  local parts = { ... }
  local function fits(line)
    local from = 1
    for _, part in ipairs(parts) do
      local _, last = line:find(part, from, true)
      if not last then
        return false
      end
      from = last + 1
    end
    return true
  end
  local shown = M.eventually(what .. ' on the screen', function(lines)
    return vim.iter(lines):any(fits)
  end, M.screen)
  return vim.iter(shown):find(fits)
end

function M.expect_attached(path)
  M.eventually('the server attaches to ' .. path, function(n)
    return n == 1
  end, [[return #vim.lsp.get_clients({ bufnr = 0, name = 'agentls' })]])
end

--- Opens a file of the team and waits until the server has it.
function M.open(path)
  M.ask([[vim.cmd.edit(vim.fn.fnameescape(...))]], M.team .. '/' .. path)
  M.expect_attached(path)
end

--- What the editor shows as wrong in this buffer, in the order of the text.
M.SHOWN = [[
  local severity = vim.diagnostic.severity
  local shown = vim.tbl_map(function(d)
    return {
      text = table.concat(vim.api.nvim_buf_get_text(0, d.lnum, d.col, d.end_lnum, d.end_col, {}), '\n'),
      line = d.lnum + 1,
      rule = d.code,
      severity = severity[d.severity],
      message = d.message,
    }
  end, vim.diagnostic.get(0))
  table.sort(shown, function(a, b) return a.line < b.line end)
  return shown
]]

--- Waits until exactly `expected` is shown.
function M.expect_shown(expected)
  local wanted = vim.inspect(expected)
  return M.eventually('diagnostics\n' .. wanted, function(found)
    local without_message = vim.tbl_map(function(d)
      return { text = d.text, line = d.line, rule = d.rule, severity = d.severity }
    end, found)
    return vim.deep_equal(without_message, expected)
  end, M.SHOWN)
end

--- Waits until one finding is shown.
function M.expect_one_shown()
  M.eventually('the finding', function(found)
    return #found == 1
  end, M.SHOWN)
end

--- Puts the cursor on the first character of `text`, wherever it stands first.
function M.go_to(text)
  local found = M.ask(
    [[
    vim.api.nvim_win_set_cursor(0, { 1, 0 })
    return vim.fn.search('\\V' .. vim.fn.escape(..., '\\'), 'cW')
  ]],
    text
  )
  assert(found > 0, ('%q is not in the file'):format(text))
end

--- The name of the file that is looked at, below the team.
function M.file()
  local name = M.ask([[return vim.api.nvim_buf_get_name(0)]])
  return vim.startswith(name, M.team .. '/') and name:sub(#M.team + 2) or name
end

--- Waits until the editor has jumped from `from` to `text` in `file`.
function M.expect_at(from, file, text)
  M.eventually('a jump from ' .. from .. ' to ' .. file, function(name)
    return name == file
  end, M.file)
  local rest = M.ask([[
    local column = vim.api.nvim_win_get_cursor(0)[2]
    return vim.api.nvim_get_current_line():sub(column + 1)
  ]])
  M.expect_equal('what stands under the cursor', rest, text)
end

--- The places of the quickfix list (`kind` is `qf`) or of the location list (`loc`) once
--- there are any: file below the team, line, column, text.
function M.list(what, kind)
  local items = M.eventually(
    what,
    function(items)
      return #items > 0
    end,
    ([[
    local items = vim.fn.get%slist(%s)
    return vim.tbl_map(function(item)
      return { file = vim.api.nvim_buf_get_name(item.bufnr), line = item.lnum, column = item.col, text = item.text }
    end, items)
  ]]):format(kind, kind == 'loc' and '0' or '')
  )
  for _, item in ipairs(items) do
    if vim.startswith(item.file, M.team .. '/') then
      item.file = item.file:sub(#M.team + 2)
    end
  end
  return items
end

function M.empty_list(kind)
  M.ask(('vim.fn.set%slist(%s{}, "r")'):format(kind, kind == 'loc' and '0, ' or ''))
end

--- What `request`, which gives a list, has put into it.
function M.listed(request, kind)
  M.empty_list(kind)
  M.ask(request)
  return M.list('a list from ' .. request, kind)
end

--- `file:line:column` of each item, sorted.
function M.places(items)
  local places = vim.tbl_map(function(item)
    return ('%s:%d:%d'):format(item.file, item.line, item.column)
  end, items)
  table.sort(places)
  return places
end

local count, failures = 0, {} ---@type integer, string[]
local works, fails = {}, {} ---@type table<string, boolean>, table<string, boolean>

--- Leaves what is on the screen, and what led to it, in a file.
local function dump(name, problem)
  vim.fn.mkdir(dumps, 'p')
  local lines = { name, '' }
  vim.list_extend(lines, vim.split(problem, '\n'))
  local is_there, mode = pcall(M.mode)
  if not is_there then
    table.insert(lines, '(the editor is gone)')
  elseif mode.blocking then
    table.insert(lines, '(the editor waits for a key)')
  else
    local messages = [[return vim.api.nvim_exec2('messages', { output = true }).output]]
    for _, part in ipairs({
      { 'file', M.file },
      {
        'screen',
        function()
          return table.concat(M.screen(), '\n')
        end,
      },
      {
        'messages',
        function()
          return M.ask(messages)
        end,
      },
    }) do
      local _, text = pcall(part[2])
      vim.list_extend(lines, { '', ('--- %s'):format(part[1]) })
      vim.list_extend(lines, vim.split(tostring(text), '\n'))
    end
  end
  local file = ('%s/%02d-%s.txt'):format(dumps, count, name:gsub('%W+', '-'):sub(1, 60))
  vim.fn.writefile(lines, file)
  return file
end

--- Runs a test of the features that it names, by the ids of tests/editors/features.json.
---@param name string
---@param features string[]
---@param run fun()
function M.test(name, features, run)
  count = count + 1
  local ok, problem = xpcall(run, function(e)
    return type(e) == 'string' and e:gsub('^[^\n]-([%w_]+%.lua:)', '%1', 1) or vim.inspect(e)
  end)
  io.stdout:write(('%s %s\n'):format(ok and 'ok  ' or 'FAIL', name))
  if not ok then
    problem = tostring(problem)
    io.stdout:write('       ', (problem:gsub('\n', '\n       ')), '\n')
    io.stdout:write('       see ', dump(name, problem), '\n')
    table.insert(failures, name)
  end
  for _, feature in ipairs(features) do
    (ok and works or fails)[feature] = true
  end
  -- The next test starts in normal mode, in one window, in files as they are on disk.
  if channel then
    local is_clean = pcall(function()
      M.type_keys('<C-\\><C-n>')
      M.ask([[vim.cmd('silent! tabonly! | silent! only! | silent! %bwipeout!')]])
    end)
    if not is_clean then
      M.start(last_options)
    end
  end
end

--- Says and writes what came of it; whether all is well.
---@param features string The file with all ids, in their order.
---@param result string The file to write.
function M.finish(features, result)
  local version = vim.version()
  local ids = vim.tbl_map(function(feature)
    return feature.id
  end, vim.json.decode(table.concat(vim.fn.readfile(features), '\n')))
  for id in pairs(vim.tbl_extend('keep', works, fails)) do
    assert(vim.list_contains(ids, id), ('%s is no feature of %s'):format(id, features))
  end
  local function list(is_in)
    return vim.json.encode(vim.tbl_filter(is_in, ids))
  end
  vim.fn.mkdir(vim.fs.dirname(result), 'p')
  vim.fn.writefile({
    '{',
    '  "editor": "Neovim",',
    ('  "version": "%d.%d.%d",'):format(version.major, version.minor, version.patch),
    ('  "works": %s,'):format(list(function(id)
      return works[id] and not fails[id]
    end)),
    ('  "fails": %s,'):format(list(function(id)
      return fails[id]
    end)),
    -- What Neovim's client does not offer the plugin adds.
    '  "lacks": []',
    '}',
  }, result)
  io.stdout:write(('%d of %d passed\n'):format(count - #failures, count))
  return #failures == 0
end

return M
