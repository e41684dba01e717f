-- A person at the keyboard: starts a second Neovim, types into it, and looks at what
-- it shows. Run by run.sh as `nvim -l client.lua TEAM RUNTIME`.
--
-- The second Neovim is there because a script cannot type into its own: insert mode
-- and its popup menu need an event loop that runs while we wait.

local team, runtime = assert(arg[1], 'folder of the team'), assert(arg[2], 'runtime folder')
local WAIT_MS, POLL_MS = 10000, 20

local editor = vim.fn.jobstart({
  vim.v.progpath,
  '--embed',
  '--headless',
  '--clean',
  '-n',
  '--cmd',
  'set runtimepath^=' .. vim.fn.fnameescape(runtime),
}, { rpc = true })
assert(editor > 0, 'the second Neovim did not start')

--- Runs Lua in the editor; what it returns is the answer.
local function ask(code, ...)
  return vim.rpcrequest(editor, 'nvim_exec_lua', code, { ... })
end

local function type_keys(keys)
  vim.rpcrequest(editor, 'nvim_input', keys)
end

local failures = {}
local count = 0

local function test(name, run)
  count = count + 1
  local ok, problem = xpcall(run, function(e)
    return type(e) == 'string' and e:gsub('^[^\n]-client%.lua:', 'line ') or vim.inspect(e)
  end)
  io.stdout:write(('%s %s\n'):format(ok and 'ok  ' or 'FAIL', name))
  if not ok then
    io.stdout:write((tostring(problem):gsub('(.-)\n', '       %1\n'):gsub('([^\n]+)$', '       %1')), '\n')
    table.insert(failures, name)
  end
  -- The next test starts in normal mode, in files as they are on disk.
  type_keys('<C-\\><C-n>')
  ask([[vim.cmd('silent! %bwipeout!')]])
end

--- Asks until `accept` takes the answer. Fails with the last answer where none is taken.
local function eventually(what, accept, code, ...)
  local arguments = { ... }
  local last
  local ok = vim.wait(WAIT_MS, function()
    last = ask(code, unpack(arguments))
    return accept(last)
  end, POLL_MS)
  if not ok then
    error(('%s: not within %d ms; last seen:\n%s'):format(what, WAIT_MS, vim.inspect(last)), 2)
  end
  return last
end

local function expect_equal(what, actual, expected)
  if not vim.deep_equal(actual, expected) then
    error(('%s\nexpected: %s\nactual:   %s'):format(what, vim.inspect(expected), vim.inspect(actual)), 2)
  end
end

local function expect_contains(what, text, part)
  if type(text) ~= 'string' or not text:find(part, 1, true) then
    error(('%s\nexpected to contain: %s\nactual: %s'):format(what, part, tostring(text)), 2)
  end
end

--- Opens a file of the team and waits until the server has it.
local function open(path)
  ask([[vim.cmd.edit(vim.fn.fnameescape(...))]], team .. '/' .. path)
  eventually('the server attaches to ' .. path, function(n)
    return n == 1
  end, [[return #vim.lsp.get_clients({ bufnr = 0, name = 'agentls' })]])
end

--- What the editor shows as wrong in this buffer, in the order of the text.
local SHOWN = [[
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
local function expect_shown(expected)
  local wanted = vim.inspect(expected)
  local shown = eventually('diagnostics\n' .. wanted, function(found)
    local without_message = vim.tbl_map(function(d)
      return { text = d.text, line = d.line, rule = d.rule, severity = d.severity }
    end, found)
    return vim.deep_equal(without_message, expected)
  end, SHOWN)
  return shown
end

--- Puts the cursor on the first character of `text`, wherever it stands first.
local function go_to(text)
  local found = ask(
    [[
    vim.api.nvim_win_set_cursor(0, { 1, 0 })
    return vim.fn.search('\\V' .. vim.fn.escape(..., '\\'), 'cW')
  ]],
    text
  )
  assert(found > 0, ('%q is not in the file'):format(text))
end

--- Types `keys`, asks for completion as a person would, and returns what the menu offers.
local function complete(keys)
  type_keys(keys .. '<C-Space>')
  return eventually('a completion menu after ' .. keys, function(items)
    return #items > 0
  end, [[return vim.fn.complete_info({ 'items', 'pum_visible' }).items or {}]])
end

local function words(items)
  return vim.tbl_map(function(item)
    return item.abbr ~= '' and item.abbr or item.word
  end, items)
end

local function offered(items, word)
  for _, item in ipairs(items) do
    if item.word == word or item.abbr == word then
      return item
    end
  end
  error(('%s is not offered; the menu shows:\n%s'):format(word, vim.inspect(words(items))), 2)
end

local function place()
  return ask([[
    local cursor = vim.api.nvim_win_get_cursor(0)
    return { file = vim.api.nvim_buf_get_name(0), line = cursor[1], column = cursor[2] + 1 }
  ]])
end

local function expect_jump(from, file, text)
  go_to(from)
  ask([[vim.lsp.buf.definition()]])
  eventually('a jump from ' .. from .. ' to ' .. file, function(name)
    return name == team .. '/' .. file
  end, [[return vim.api.nvim_buf_get_name(0)]])
  local here = place()
  local line = ask([[return vim.api.nvim_get_current_line()]])
  expect_equal('what stands under the cursor', line:sub(here.column), text)
end

local AGENTS = '.claude/agents/'

ask([[
  vim.o.hidden = true
  vim.o.completeopt = 'menuone,noinsert,popup'
  vim.cmd('filetype on')
  vim.lsp.enable('agentls')
  vim.keymap.set('i', '<C-Space>', function() vim.lsp.completion.get() end)
  vim.api.nvim_create_autocmd('LspAttach', {
    callback = function(event)
      vim.lsp.completion.enable(true, event.data.client_id, event.buf, { autotrigger = false })
    end,
  })
]])

test('the file for nvim-lspconfig starts the server at the root of the team', function()
  open(AGENTS .. 'quality/accessibility-auditor.md')
  local client = ask([[
    local c = vim.lsp.get_clients({ bufnr = 0, name = 'agentls' })[1]
    return { root = c.root_dir, cmd = c.config.cmd }
  ]])
  expect_equal('client', client, { root = team, cmd = { 'agentls', 'server' } })
end)

local FAULTS = {
  { 'catalog-editor.md', 3, 'yaml-requoted', 'WARN', ':' },
  { 'order-analyst.md', 24, 'python-syntax', 'WARN', 'order' },
  { 'quality/accessibility-auditor.md', 4, 'broken-extends', 'ERROR', 'core/reviewer' },
  { 'release-manager.md', 20, 'unknown-agent', 'WARN', 'checkout-enginer' },
  { 'storefront-developer.md', 4, 'removed-tool', 'WARN', 'MultiEdit' },
  { 'support-writer.md', 4, 'misspelled-key', 'WARN', 'allowedTools' },
}
for _, fault in ipairs(FAULTS) do
  local file, line, rule, severity, text = unpack(fault)
  test(('%s is shown in %s, under %q'):format(rule, file, text), function()
    open(AGENTS .. file)
    expect_shown({ { text = text, line = line, rule = rule, severity = severity } })
  end)
end

test('a fault goes when it is typed away, and comes back when it is undone', function()
  local fault = { text = 'checkout-enginer', line = 20, rule = 'unknown-agent', severity = 'WARN' }
  open(AGENTS .. 'release-manager.md')
  expect_shown({ fault })
  go_to('enginer')
  type_keys('5lie<Esc>')
  expect_shown({})
  expect_contains('the line', ask([[return vim.api.nvim_get_current_line()]]), '| `checkout-engineer` |')
  type_keys('u')
  expect_shown({ fault })
end)

test('the clean lead shows nothing', function()
  open(AGENTS .. 'shop-lead.md')
  -- A fault typed below what is there is shown alone: the file as it stands has none.
  go_to('| `support-writer`')
  type_keys('o| nobody-engineer | never |<Esc>')
  expect_shown({ { text = 'nobody-engineer', line = 25, rule = 'unknown-agent', severity = 'WARN' } })
end)

test('a half-typed cell of a delegation table offers the agent, with its description', function()
  open(AGENTS .. 'shop-lead.md')
  go_to('| `support-writer`')
  local items = complete('o| stor')
  local item = offered(items, 'storefront-developer')
  expect_contains('the item', vim.inspect(item), 'Builds the pages that visitors see')
  -- Neovim leaves it to the server to drop and rank items that bring their own edit.
  expect_equal('what stands first', words(items)[1], 'storefront-developer')
  type_keys('<C-y>')
  eventually('the accepted line', function(line)
    return line == '| storefront-developer'
  end, [[return vim.api.nvim_get_current_line()]])
end)

test('a half-typed key of the header offers the keys that are not there yet', function()
  open(AGENTS .. 'shop-lead.md')
  go_to('model: opus')
  local items = complete('om')
  offered(items, 'maxTurns')
  offered(items, 'memory')
  expect_equal('model is there already', vim.tbl_contains(words(items), 'model'), false)
end)

test('hover on a name in a delegation table shows the description of its agent', function()
  open(AGENTS .. 'shop-lead.md')
  go_to('order-analyst')
  ask([[vim.lsp.buf.hover()]])
  local text = eventually('a hover window', function(text)
    return text ~= ''
  end, [[
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then
        return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, true), '\n')
      end
    end
    return ''
  ]])
  expect_contains('the window', text, 'Answers questions about orders from the database')
end)

test('go to definition leads from a cell to the name of the agent', function()
  open(AGENTS .. 'shop-lead.md')
  expect_jump('accessibility-auditor', AGENTS .. 'quality/accessibility-auditor.md', 'accessibility-auditor')
end)

test('go to definition follows `extends` by path suffix, then by relative path', function()
  open(AGENTS .. 'checkout-engineer.md')
  expect_jump('core/specialist', 'core/templates/specialist.md', 'specialist')
  expect_jump('../base.md', 'core/base.md', 'base')
end)

--- What a request that gives a list has put into the quickfix or location list: file, line, text.
local function listed(request, kind)
  ask(('vim.fn.set%slist(%s{}, "r")'):format(kind, kind == 'loc' and '0, ' or ''))
  ask(request)
  return eventually('a list from ' .. request, function(items)
    return #items > 0
  end, ([[
    local items = vim.fn.get%slist(%s)
    return vim.tbl_map(function(item)
      return { file = vim.api.nvim_buf_get_name(item.bufnr), line = item.lnum, column = item.col, text = item.text }
    end, items)
  ]]):format(kind, kind == 'loc' and '0' or ''))
end

test('references of an agent are found in every file of the team', function()
  open(AGENTS .. 'shop-lead.md')
  go_to('support-writer')
  local items = listed('vim.lsp.buf.references()', 'qf')
  local places = vim.tbl_map(function(item)
    return item.file:sub(#team + 2) .. ':' .. item.line .. ':' .. item.column
  end, items)
  table.sort(places)
  expect_equal('the quickfix list', places, {
    AGENTS .. 'checkout-engineer.md:31:4',
    AGENTS .. 'release-manager.md:22:4',
    AGENTS .. 'shop-lead.md:24:4',
    AGENTS .. 'support-writer.md:2:7',
  })
end)

test('the symbols of a document are its keys, its headings and its tables', function()
  open(AGENTS .. 'shop-lead.md')
  local items = listed('vim.lsp.buf.document_symbol()', 'loc')
  local shown = vim.inspect(vim.tbl_map(function(item)
    return item.text
  end, items))
  for _, name in ipairs({ 'description', 'Shop lead', 'Delegate To', 'support-writer' }) do
    expect_contains('the location list', shown, name)
  end
end)

test('a workspace symbol is found by a few of its letters', function()
  open(AGENTS .. 'shop-lead.md')
  local items = listed([[vim.lsp.buf.workspace_symbol('stofront')]], 'qf')
  expect_contains('the first symbol', items[1].text, 'storefront-developer')
  expect_equal('its file', items[1].file, team .. '/' .. AGENTS .. 'storefront-developer.md')
end)

--- Applies the one code action at the cursor that is called `title`.
local function apply(title)
  ask([[
    local title = ...
    vim.lsp.buf.code_action({
      filter = function(action) return action.title == title end,
      apply = true,
    })
  ]], title)
end

test('a quick fix mends the tool that is gone, and the finding goes with it', function()
  open(AGENTS .. 'storefront-developer.md')
  eventually('the finding', function(found)
    return #found == 1
  end, SHOWN)
  go_to('MultiEdit')
  apply('Remove `MultiEdit`')
  expect_shown({})
  ask([[vim.cmd('silent undo')]])
end)

test('a missing agent is made from the row that names it', function()
  open(AGENTS .. 'release-manager.md')
  eventually('the finding', function(found)
    return #found == 1
  end, SHOWN)
  go_to('checkout-enginer')
  apply('Create .claude/agents/checkout-enginer.md')
  expect_shown({})
end)

test('the page of a rule opens in a window', function()
  open(AGENTS .. 'support-writer.md')
  eventually('the finding', function(found)
    return #found == 1
  end, SHOWN)
  go_to('allowedTools')
  apply('Explain misspelled-key')
  local lines = eventually('the page', function(lines)
    return lines[1]:find('misspelled-key', 1, true) ~= nil
  end, [[return vim.api.nvim_buf_get_lines(0, 0, -1, true)]])
  assert(vim.tbl_contains(lines, '## Why') or #lines > 5, vim.inspect(lines))
end)

test('formatting aligns a table by what it shows', function()
  open(AGENTS .. 'shop-lead.md')
  ask([[
    vim.api.nvim_buf_set_lines(0, -1, -1, true, { '', '| 名前 | b |', '|-|-|', '| x | 😀 |' })
    vim.lsp.buf.format({ async = false })
  ]])
  local lines = ask([[return vim.api.nvim_buf_get_lines(0, -4, -1, true)]])
  expect_equal('the table', lines, { '| 名前 | b   |', '| ---- | --- |', '| x    | 😀  |' })
end)

test('a rename changes the name, every mention of it and the file', function()
  open(AGENTS .. 'release-manager.md')
  open(AGENTS .. 'shop-lead.md')
  go_to('support-writer')
  ask([[vim.lsp.buf.rename('care-writer')]])
  eventually('the cell in the other buffer', function(lines)
    return vim.tbl_contains(lines, '| `care-writer` | customers have noticed |')
  end, [[return vim.api.nvim_buf_get_lines(vim.fn.bufnr('release-manager.md'), 0, -1, true)]])
  eventually('the renamed file', function(name)
    return name == 'care-writer'
  end, [[
    vim.cmd('silent! wall')
    local file = vim.fn.fnameescape(...)
    return vim.fn.filereadable(file) == 1 and vim.fn.readfile(file)[2]:match('^name: (.*)$') or ''
  ]], team .. '/' .. AGENTS .. 'care-writer.md')
  expect_equal('the old file is there', vim.uv.fs_stat(team .. '/' .. AGENTS .. 'support-writer.md'), nil)
  open(AGENTS .. 'shop-lead.md')
  expect_shown({})
end)

pcall(vim.rpcnotify, editor, 'nvim_command', 'qall!')
if vim.fn.jobwait({ editor }, WAIT_MS)[1] ~= 0 then
  table.insert(failures, 'the editor leaves in order')
end
io.stdout:write(('%d of %d passed\n'):format(count - #failures, count))
os.exit(#failures == 0 and 0 or 1)
