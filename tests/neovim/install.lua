-- The ways in which the plugin, or the one file of it, gets into a Neovim.

local E = require('editor')
local test, ask = E.test, E.ask
local expect_equal = E.expect_equal

local LEAD = '.claude/agents/shop-lead.md'
local CLIENTS = [[return #vim.lsp.get_clients({ name = 'agentls' })]]
local HAS_COMMAND = [[return vim.fn.exists(':Agentls')]]

test('a file named on the command line of a fresh Neovim has its server', {}, function()
  E.start({ file = LEAD })
  E.expect_attached(LEAD)
  expect_equal('the command', ask(HAS_COMMAND), 2)
end)

test('the rules of Cursor are markdown', {}, function()
  local path = E.team .. '/.cursor/rules/tea.mdc'
  vim.fn.mkdir(vim.fs.dirname(path), 'p')
  vim.fn.writefile({ '---', 'description: Tea.', 'alwaysApply: true', '---', 'Green.' }, path)
  E.open('.cursor/rules/tea.mdc')
  ask([[vim.cmd('Agentls status')]])
  E.expect_on_screen('the status', 'Cursor reads this file as a rule.')
end)

test(
  'without a file, an agent of the project is opened by name',
  { 'workspace-symbols' },
  function()
    E.start()
    expect_equal('clients', ask(CLIENTS), 0)
    E.type_keys(':Agentls open shop<Tab><CR>')
    E.expect_at('the command line', LEAD, 'shop-lead')
    E.expect_attached(LEAD)
    expect_equal('clients', ask(CLIENTS), 1)
  end
)

for _, off in ipairs({ 'v:false', '0' }) do
  test(
    'nothing starts where g:agentls_enable is ' .. off .. ', and the command is there',
    {},
    function()
      E.start({ args = { '--cmd', 'let g:agentls_enable = ' .. off }, file = LEAD })
      expect_equal('it is enabled', ask([[return vim.lsp.is_enabled('agentls')]]), false)
      expect_equal('clients', ask(CLIENTS), 0)
      ask([[vim.cmd('Agentls fix')]])
      E.expect_on_screen('the message', 'not attached to the server')
      ask([[vim.lsp.enable('agentls')]])
      E.expect_attached(LEAD)
    end
  )
end

test(
  'where the program is missing, that is said once, and the check says what to do',
  {},
  function()
    E.start({ env = { PATH = E.work }, file = LEAD })
    local told = [[
    local _, count = vim.api.nvim_exec2('messages', { output = true }).output:gsub('There is no program agentls', '')
    return count
  ]]
    expect_equal('how often it is said', ask(told), 1)
    ask([[vim.cmd.edit('README.md')]])
    expect_equal('how often it is said', ask(told), 1)
    ask([[vim.cmd('checkhealth agentls')]])
    E.expect_on_screen('the check', 'ERROR', 'There is no program agentls')
    E.expect_on_screen('the advice', 'cargo install --path server')
    ask([[vim.cmd('tabclose')]])
    ask([[vim.cmd('Agentls graph')]])
    E.expect_on_screen('the message', 'There is no program agentls')
  end
)

test('a program that starts agentls is run with all that it needs', { 'explain' }, function()
  -- As `npx agentls server` would: the first word is another program.
  local init = [[
    vim.lsp.config('agentls', {
      cmd = { 'sh', '-c', 'exec "$PROGRAM" "$@"', 'sh', 'server' },
      cmd_env = { PROGRAM = 'agentls' },
    })
  ]]
  E.start({ init = init, file = LEAD })
  E.expect_attached(LEAD)
  expect_equal(
    'offered',
    ask([[return vim.fn.getcompletion('Agentls explain python-', 'cmdline')]]),
    { 'python-syntax' }
  )
  ask([[vim.cmd('checkhealth agentls')]])
  E.expect_on_screen('the check', 'OK agentls ')
end)

test('the version of another program is none of agentls', {}, function()
  local init = [[vim.lsp.config('agentls', { cmd = { 'sh', '-c', 'echo 10.2.0', 'server' } })]]
  E.start({ init = init })
  ask([[vim.cmd('checkhealth agentls')]])
  E.expect_on_screen('the check', 'ERROR', 'does not say a version of agentls')
end)

test('a folder on the runtime path when Neovim starts works the same', {}, function()
  E.start({
    plugin = false,
    init = ('vim.opt.runtimepath:append(%q)'):format(E.plugin),
    file = LEAD,
  })
  E.expect_attached(LEAD)
  expect_equal('the command', ask(HAS_COMMAND), 2)
end)

test('so does one whose plugin is loaded by hand, as its manager has another folder', {}, function()
  E.start({
    plugin = false,
    init = ('vim.opt.runtimepath:append(%q)\nvim.cmd.runtime("plugin/agentls.lua")'):format(
      E.plugin
    ),
    file = LEAD,
  })
  E.expect_attached(LEAD)
  expect_equal('the command', ask(HAS_COMMAND), 2)
  expect_equal('clients', ask(CLIENTS), 1)
end)

test('so does one that is added when Neovim has started', {}, function()
  E.start({ plugin = false, file = LEAD })
  ask(
    [[
    vim.opt.runtimepath:append(...)
    vim.cmd.runtime('plugin/agentls.lua')
  ]],
    E.plugin
  )
  E.expect_attached(LEAD)
  expect_equal('the command', ask(HAS_COMMAND), 2)
end)

test('the file for nvim-lspconfig works alone', {}, function()
  local alone = E.work .. '/alone'
  vim.fn.mkdir(alone .. '/lsp', 'p')
  assert(vim.uv.fs_copyfile(E.plugin .. '/lsp/agentls.lua', alone .. '/lsp/agentls.lua'))
  E.start({
    plugin = false,
    args = { '--cmd', 'set runtimepath^=' .. vim.fn.fnameescape(alone) },
  })
  ask([[vim.lsp.enable('agentls')]])
  E.open('.claude/agents/support-writer.md')
  expect_equal('the command', ask(HAS_COMMAND), 0)
  E.expect_shown({ { text = 'allowedTools', line = 4, rule = 'misspelled-key', severity = 'WARN' } })
end)

test('the lines of the README show lenses and hints, and complete', {}, function()
  local text = table.concat(vim.fn.readfile(E.plugin .. '/README.md'), '\n')
  local init = {}
  for block in text:gmatch('\n```lua\n(.-)\n```') do
    if block:find('^vim%.[ol]') or block:find('^vim%.api') then
      table.insert(init, block)
    end
  end
  E.start({ init = table.concat(init, '\n'), file = LEAD })
  E.expect_on_screen('the lenses', 'name: shop-lead', '1 reference')
  E.expect_on_screen('a hint', '`support-writer`', 'haiku')
  E.expect_on_screen('the status line', 'Claude Code agent')
  E.go_to('| `support-writer`')
  E.type_keys('o| stor')
  E.expect_on_screen('the menu', 'storefront-developer', 'Builds the pages')
end)
