-- Files that others make and delete, where Neovim watches them.

local E = require('editor')

local RELEASE = '.claude/agents/release-manager.md'
local MISSING = '.claude/agents/checkout-enginer.md'

E.start({
  args = {
    '--cmd',
    "lua vim.lsp.config('agentls', { capabilities = { workspace = { "
      .. 'didChangeWatchedFiles = { dynamicRegistration = true } } } })',
  },
})

local FAULT = { text = 'checkout-enginer', line = 20, rule = 'unknown-agent', severity = 'WARN' }

E.test('an agent that another program makes is known at once, and unknown when deleted', {
  'watched-files',
}, function()
  E.open(RELEASE)
  E.expect_shown({ FAULT })
  local path = E.team .. '/' .. MISSING
  local agent = { '---', 'name: checkout-enginer', 'description: Is there.', '---', 'Text.' }
  E.eventually(
    'the server asks for files to be watched',
    function(is_asked)
      return is_asked
    end,
    [[
    local client = vim.lsp.get_clients({ name = 'agentls' })[1]
    return client.dynamic_capabilities:get('workspace/didChangeWatchedFiles') ~= nil
  ]]
  )
  vim.fn.writefile(agent, path)
  E.expect_shown({})
  vim.fn.delete(path)
  E.expect_shown({ FAULT })
end)

E.test('the check says that files are watched', { 'watched-files' }, function()
  E.open(RELEASE)
  E.ask([[vim.cmd('checkhealth agentls')]])
  E.expect_on_screen('the check', 'OK', 'noticed at once')
end)
