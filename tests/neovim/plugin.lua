-- `:Agentls`, the status line, the health check and the help file.

local E = require('editor')
local test, ask, open, go_to, type_keys = E.test, E.ask, E.open, E.go_to, E.type_keys
local eventually, expect_equal, expect_shown = E.eventually, E.expect_equal, E.expect_shown

local AGENTS = '.claude/agents/'

E.start()

--- What Neovim offers after `typed` on the command line.
local function offers(typed)
  return ask([[return vim.fn.getcompletion(..., 'cmdline')]], typed)
end

--- Types a command line.
local function command(line)
  type_keys(':' .. line .. '<CR>')
end

test('the command line offers the subcommands', {}, function()
  expect_equal(
    'all',
    offers('Agentls '),
    { 'explain', 'fix', 'graph', 'new', 'open', 'restart', 'status' }
  )
  expect_equal('one', offers('Agentls re'), { 'restart' })
  expect_equal('with a modifier', offers('silent Agentls gr'), { 'graph' })
end)

test('what is no subcommand is answered with those there are', {}, function()
  open(AGENTS .. 'shop-lead.md')
  command('Agentls jump')
  E.expect_on_screen('the message', 'There is no :Agentls jump, but explain, fix, graph, new')
end)

test(
  'an agent is opened by name, which the command line completes',
  { 'workspace-symbols' },
  function()
    open(AGENTS .. 'shop-lead.md')
    expect_equal('offered', offers('Agentls open stor'), { 'storefront-developer' })
    type_keys(':Agentls open supp<Tab><CR>')
    E.expect_at('the command line', AGENTS .. 'support-writer.md', 'support-writer')
  end
)

test('a name with blanks is completed word by word', { 'workspace-symbols' }, function()
  local agent = { '---', 'name: Tea Taster', 'description: Tastes tea.', '---', 'Text.' }
  local path = '.github/agents/tea-taster.agent.md'
  vim.fn.mkdir(vim.fs.dirname(E.team .. '/' .. path), 'p')
  vim.fn.writefile(agent, E.team .. '/' .. path)
  open(path)
  ask([[vim.cmd('enew')]])
  expect_equal('the whole name', offers('Agentls open Te'), { 'Tea Taster' })
  expect_equal('its second word', offers('Agentls open Tea T'), { 'Taster' })
  type_keys(':Agentls open Tea T<Tab><CR>')
  E.expect_at('the command line', path, 'Tea Taster')
end)

test('an agent is opened by a few letters of its name', { 'workspace-symbols' }, function()
  open(AGENTS .. 'shop-lead.md')
  command('Agentls open acaudi')
  E.expect_at(
    'the command line',
    AGENTS .. 'quality/accessibility-auditor.md',
    'accessibility-auditor'
  )
end)

test('a name that several have is chosen among, and one that none has is said to be none', {
  'workspace-symbols',
}, function()
  open(AGENTS .. 'shop-lead.md')
  command('Agentls open er')
  local entry = E.expect_on_screen('the list', ': order-analyst', AGENTS .. 'order-analyst.md')
  type_keys(entry:match('^%d+') .. '<CR>')
  E.expect_at('the list', AGENTS .. 'order-analyst.md', 'order-analyst')
  command('Agentls open zzz')
  E.expect_on_screen('the message', 'Nothing here is called zzz.')
end)

test('a new agent is made in the folder that is chosen', { 'new-agent' }, function()
  open(AGENTS .. 'shop-lead.md')
  command('Agentls new tea-taster')
  local entry = E.expect_on_screen('the list', ': .claude/agents (Claude Code, ')
  type_keys(entry:match('^%d+') .. '<CR>')
  E.expect_on_screen('the header', 'name: tea-taster')
  expect_equal('the file', E.file(), AGENTS .. 'tea-taster.md')
  expect_equal('it is written', vim.uv.fs_stat(E.team .. '/' .. E.file()), nil)
  -- What is typed takes the place of what is selected.
  type_keys('Tastes tea.<Esc>:write<CR>')
  eventually('the file', function(lines)
    return lines[2] == 'name: tea-taster' and lines[3] == 'description: Tastes tea.'
  end, function()
    local path = E.team .. '/' .. AGENTS .. 'tea-taster.md'
    return vim.fn.filereadable(path) == 1 and vim.fn.readfile(path) or {}
  end)
  expect_shown({})
end)

test('a new agent that is asked for twice is still as it was typed', { 'new-agent' }, function()
  open(AGENTS .. 'shop-lead.md')
  local function make()
    command('Agentls new tea-mixer')
    local entry = E.expect_on_screen('the list', ': .claude/agents (Claude Code, ')
    type_keys(entry:match('^%d+') .. '<CR>')
  end
  make()
  E.expect_on_screen('the header', 'name: tea-mixer')
  type_keys('Mixes teas.<Esc>')
  local lines = [[return vim.api.nvim_buf_get_lines(0, 0, -1, true)]]
  local typed = eventually('the description', function(found)
    return found[3] == 'description: Mixes teas.'
  end, lines)
  make()
  E.expect_on_screen('the message', 'There is such a file already: here it is.')
  expect_equal('the text', ask(lines), typed)
  ask([[vim.cmd.edit(...)]], 'README.md')
  make()
  eventually('the new agent', function(file)
    return file == AGENTS .. 'tea-mixer.md'
  end, E.file)
  expect_equal('the text', ask(lines), typed)
end)

test('a new agent whose name is taken is the one there is', { 'new-agent' }, function()
  open(AGENTS .. 'shop-lead.md')
  type_keys(':Agentls new<CR>support-writer<CR>')
  local entry = E.expect_on_screen('the list', ': .claude/agents (Claude Code, ')
  type_keys(entry:match('^%d+') .. '<CR>')
  eventually('the agent', function(file)
    return file == AGENTS .. 'support-writer.md'
  end, E.file)
  expect_equal('it is as it was', ask([[return vim.bo.modified]]), false)
end)

test('the page of the rule at the cursor opens', { 'explain' }, function()
  open(AGENTS .. 'support-writer.md')
  E.expect_one_shown()
  go_to('allowedTools')
  command('Agentls explain')
  E.expect_on_screen('the page', '# misspelled-key')
end)

test(
  'the page of a rule opens by its name, which the command line completes',
  { 'explain' },
  function()
    open(AGENTS .. 'shop-lead.md')
    expect_equal('offered', offers('Agentls explain python-'), { 'python-syntax' })
    command('Agentls explain python-syntax')
    E.expect_on_screen('the page', '# python-syntax')
  end
)

test('where there is no finding, none is explained', { 'explain' }, function()
  open(AGENTS .. 'shop-lead.md')
  command('Agentls explain')
  E.expect_on_screen('the message', 'There is no finding on this line')
end)

test('all that is safe to mend is mended at once', { 'fix-all' }, function()
  open(AGENTS .. 'catalog-editor.md')
  E.expect_one_shown()
  command('Agentls fix')
  expect_shown({})
  E.expect_contains('the header', ask([[return vim.fn.getline(3)]]), "description: 'Writes and")
  ask([[vim.cmd('silent undo')]])
end)

test('the status says who reads the file and what is found in it', { 'status' }, function()
  open(AGENTS .. 'support-writer.md')
  E.expect_one_shown()
  command('Agentls status')
  eventually('the message', function(messages)
    return messages:find('Claude Code reads this file as an agent.', 1, true)
      and messages:find('The header loads as it stands.', 1, true)
      and messages:find('Found in it: 1 warning.', 1, true)
  end, [[return vim.api.nvim_exec2('messages', { output = true }).output]])
end)

test('what the server has to say against a question is told', { 'status' }, function()
  open(AGENTS .. 'support-writer.md')
  ask([[
    vim.lsp.get_clients({ name = 'agentls' })[1].request = function(_, _, _, handler)
      handler({ code = -32603, message = 'The server is ill.' })
    end
  ]])
  for _, line in ipairs({ 'status', 'open shop-lead', 'new tea-brewer', 'graph' }) do
    ask([[vim.cmd('messages clear')]])
    command('Agentls ' .. line)
    eventually('the message after ' .. line, function(messages)
      return messages == 'agentls: The server is ill.'
    end, [[return vim.api.nvim_exec2('messages', { output = true }).output]])
  end
  -- The method of all clients is there again.
  ask([[vim.lsp.get_clients({ name = 'agentls' })[1].request = nil]])
end)

test('the status line follows what is typed', { 'status' }, function()
  ask([[
    vim.o.laststatus = 2
    vim.o.statusline = "<%{v:lua.require'agentls'.statusline()}>"
  ]])
  open(AGENTS .. 'support-writer.md')
  E.expect_on_screen('the finding', '<Claude Code agent W:1>')
  go_to('allowedTools')
  type_keys('cwtools<Esc>')
  E.expect_on_screen('no finding', '<Claude Code agent>')
  type_keys('gg<C-V>jx')
  type_keys('u')
  E.expect_on_screen('no finding again', '<Claude Code agent>')
  go_to('description: Writes')
  type_keys('A: [<Esc>')
  E.expect_on_screen('the verdict', '<Claude Code agent requoted')
end)

test('the status line of each window is that of its file', { 'status' }, function()
  open(AGENTS .. 'catalog-editor.md')
  E.expect_on_screen('the lower window', '<Claude Code agent requoted W:1>')
  ask([[vim.cmd('botright new | edit README.md')]])
  E.expect_attached('README.md')
  E.expect_on_screen('the window of plain markdown', '<>')
  E.expect_on_screen('the other window', '<Claude Code agent requoted W:1>')
  ask([[vim.cmd('set statusline& laststatus&')]])
end)

test('another server takes over, and shows the same', {}, function()
  open(AGENTS .. 'release-manager.md')
  E.expect_one_shown()
  local id = [[
    local client = vim.lsp.get_clients({ bufnr = 0, name = 'agentls' })[1]
    return client and client.id or 0
  ]]
  local before = ask(id)
  command('Agentls restart')
  eventually('another client', function(now)
    return now ~= 0 and now ~= before
  end, id)
  E.expect_one_shown()
  expect_equal('clients', ask([[return #vim.lsp.get_clients({ name = 'agentls' })]]), 1)
end)

test('the graph of the team opens as a page', { 'graph' }, function()
  open(AGENTS .. 'shop-lead.md')
  -- What is not written yet is drawn too.
  go_to('| `support-writer`')
  type_keys('o| `ghost-writer` | a book is due |<Esc>')
  ask([[
    vim.ui.open = function(file)
      vim.g.opened = file
    end
  ]])
  command('Agentls graph')
  local page = eventually(
    'the page',
    function(text)
      return text ~= ''
    end,
    [[
    local file = vim.g.opened
    return file and table.concat(vim.fn.readfile(file), '\n') or ''
  ]]
  )
  E.expect_contains('the page', page:lower(), '<!doctype html')
  E.expect_contains('the page', page, 'storefront-developer')
  E.expect_contains('the page', page, 'ghost-writer')
  expect_equal('a place for a nonce', page:find('{{nonce}}', 1, true), nil)
end)

test('the check finds all in order', {}, function()
  open(AGENTS .. 'shop-lead.md')
  ask([[vim.cmd('checkhealth agentls')]])
  local lines = eventually('the report', function(lines)
    return #lines > 10
  end, [[return vim.api.nvim_buf_get_lines(0, 0, -1, true)]])
  local report = table.concat(lines, '\n')
  for _, part in ipairs({
    'OK Neovim ',
    'OK agentls ',
    'root ' .. E.team,
    AGENTS .. 'shop-lead.md',
    'dynamicRegistration = true',
    'OK Claude Code reads this file as an agent.',
  }) do
    E.expect_contains('the report', report, part)
  end
  for _, alarm in ipairs({ 'WARNING', 'ERROR' }) do
    expect_equal(alarm, report:find(alarm, 1, true), nil)
  end
end)

test('the help file has its tags, none twice, and fits into 78 columns', {}, function()
  -- As a package manager does it; tags that stand twice are an error.
  ask([[vim.cmd('helptags ALL')]])
  local lines = vim.fn.readfile(E.plugin .. '/doc/agentls.txt')
  for number, line in ipairs(lines) do
    if vim.fn.strdisplaywidth(line) > 78 then
      error(('line %d is too wide: %s'):format(number, line))
    end
  end
  E.expect_contains('the modeline', lines[#lines], 'vim:')
  E.expect_contains('the modeline', lines[#lines], 'ft=help')
  for _, tag in ipairs({
    'agentls',
    ':Agentls',
    ':Agentls-open',
    ':Agentls-new',
    ':Agentls-explain',
    ':Agentls-fix',
    ':Agentls-status',
    ':Agentls-graph',
    ':Agentls-restart',
    'g:agentls_enable',
    'agentls.statusline()',
  }) do
    ask([[vim.cmd.help(...)]], tag)
    E.expect_contains('the help of ' .. tag, ask([[return vim.fn.expand('%:t')]]), 'agentls.txt')
    E.expect_contains('what stands there', ask([[return vim.fn.getline('.')]]), '*' .. tag .. '*')
  end
end)

test('what the help refers to is there', {}, function()
  local text = table.concat(vim.fn.readfile(E.plugin .. '/doc/agentls.txt'), '\n')
  for tag in text:gmatch('|([^|%s]+)|') do
    local found = ask([[return vim.fn.getcompletion(..., 'help')]], tag)
    if not vim.list_contains(found, tag) then
      error(('|%s| leads nowhere'):format(tag))
    end
  end
end)
