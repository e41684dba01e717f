-- The team as a person sees it with the plugin and nothing else: findings, completion,
-- navigation, changes.

local E = require('editor')
local test, ask, open, go_to, type_keys = E.test, E.ask, E.open, E.go_to, E.type_keys
local eventually, listed = E.eventually, E.listed
local expect_equal, expect_contains, expect_shown =
  E.expect_equal, E.expect_contains, E.expect_shown

local AGENTS = '.claude/agents/'

E.start()

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

local function expect_jump(from, file, text)
  go_to(from)
  ask([[vim.lsp.buf.definition()]])
  E.expect_at(from, file, text)
end

test('a file that is opened starts the server at the root of the team', {}, function()
  open(AGENTS .. 'quality/accessibility-auditor.md')
  local client = ask([[
    local c = vim.lsp.get_clients({ bufnr = 0, name = 'agentls' })[1]
    return { root = c.root_dir, cmd = c.config.cmd }
  ]])
  expect_equal('client', client, { root = E.team, cmd = { 'agentls', 'server' } })
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
  test(('%s is shown in %s, under %q'):format(rule, file, text), { 'diagnostics' }, function()
    open(AGENTS .. file)
    expect_shown({ { text = text, line = line, rule = rule, severity = severity } })
  end)
end

test(
  'a fault goes when it is typed away, and comes back when it is undone',
  { 'diagnostics' },
  function()
    local fault =
      { text = 'checkout-enginer', line = 20, rule = 'unknown-agent', severity = 'WARN' }
    open(AGENTS .. 'release-manager.md')
    expect_shown({ fault })
    go_to('enginer')
    type_keys('5lie<Esc>')
    expect_shown({})
    expect_contains(
      'the line',
      ask([[return vim.api.nvim_get_current_line()]]),
      '| `checkout-engineer` |'
    )
    type_keys('u')
    expect_shown({ fault })
  end
)

test('the clean lead shows nothing', { 'diagnostics' }, function()
  open(AGENTS .. 'shop-lead.md')
  -- A fault typed below what is there is shown alone: the file as it stands has none.
  go_to('| `support-writer`')
  type_keys('o| nobody-engineer | never |<Esc>')
  expect_shown({
    { text = 'nobody-engineer', line = 25, rule = 'unknown-agent', severity = 'WARN' },
  })
end)

test(
  'a half-typed cell of a delegation table offers the agent, with its description',
  { 'completion' },
  function()
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
  end
)

test(
  'a half-typed key of the header offers the keys that are not there yet',
  { 'completion' },
  function()
    open(AGENTS .. 'shop-lead.md')
    go_to('model: opus')
    local items = complete('om')
    offered(items, 'maxTurns')
    offered(items, 'memory')
    expect_equal('model is there already', vim.tbl_contains(words(items), 'model'), false)
  end
)

test(
  'hover on a name in a delegation table shows the description of its agent',
  { 'hover' },
  function()
    open(AGENTS .. 'shop-lead.md')
    go_to('order-analyst')
    ask([[vim.lsp.buf.hover()]])
    local text = eventually(
      'a hover window',
      function(text)
        return text ~= ''
      end,
      [[
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then
        return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, true), '\n')
      end
    end
    return ''
  ]]
    )
    expect_contains('the window', text, 'Answers questions about orders from the database')
  end
)

test('go to definition leads from a cell to the name of the agent', { 'definition' }, function()
  open(AGENTS .. 'shop-lead.md')
  expect_jump(
    'accessibility-auditor',
    AGENTS .. 'quality/accessibility-auditor.md',
    'accessibility-auditor'
  )
end)

test(
  'go to definition follows `extends` by path suffix, then by relative path',
  { 'definition' },
  function()
    open(AGENTS .. 'checkout-engineer.md')
    expect_jump('core/specialist', 'core/templates/specialist.md', 'specialist')
    expect_jump('../base.md', 'core/base.md', 'base')
  end
)

test('references of an agent are found in every file of the team', { 'references' }, function()
  open(AGENTS .. 'shop-lead.md')
  go_to('support-writer')
  local items = listed('vim.lsp.buf.references()', 'qf')
  expect_equal('the quickfix list', E.places(items), {
    AGENTS .. 'checkout-engineer.md:31:4',
    AGENTS .. 'release-manager.md:22:4',
    AGENTS .. 'shop-lead.md:24:4',
    AGENTS .. 'support-writer.md:2:7',
  })
end)

test(
  'the symbols of a document are its keys, its headings and its tables',
  { 'outline' },
  function()
    open(AGENTS .. 'shop-lead.md')
    local items = listed('vim.lsp.buf.document_symbol()', 'loc')
    local shown = vim.inspect(vim.tbl_map(function(item)
      return item.text
    end, items))
    for _, name in ipairs({ 'description', 'Shop lead', 'Delegate To', 'support-writer' }) do
      expect_contains('the location list', shown, name)
    end
  end
)

test('a workspace symbol is found by a few of its letters', { 'workspace-symbols' }, function()
  open(AGENTS .. 'shop-lead.md')
  local items = listed([[vim.lsp.buf.workspace_symbol('stofront')]], 'qf')
  expect_contains('the first symbol', items[1].text, 'storefront-developer')
  expect_equal('its file', items[1].file, AGENTS .. 'storefront-developer.md')
end)

--- Applies the one code action at the cursor that is called `title`.
local function apply(title)
  ask(
    [[
    local title = ...
    vim.lsp.buf.code_action({
      filter = function(action) return action.title == title end,
      apply = true,
    })
  ]],
    title
  )
end

test(
  'a quick fix mends the tool that is gone, and the finding goes with it',
  { 'quick-fix' },
  function()
    open(AGENTS .. 'storefront-developer.md')
    E.expect_one_shown()
    go_to('MultiEdit')
    apply('Remove `MultiEdit`')
    expect_shown({})
    ask([[vim.cmd('silent undo')]])
  end
)

test('a missing agent is made from the row that names it', { 'quick-fix' }, function()
  open(AGENTS .. 'release-manager.md')
  E.expect_one_shown()
  go_to('checkout-enginer')
  apply('Create .claude/agents/checkout-enginer.md')
  expect_shown({})
end)

test('the page of a rule opens in a window', { 'explain' }, function()
  open(AGENTS .. 'support-writer.md')
  E.expect_one_shown()
  go_to('allowedTools')
  apply('Explain misspelled-key')
  local lines = eventually('the page', function(lines)
    return lines[1]:find('misspelled-key', 1, true) ~= nil
  end, [[return vim.api.nvim_buf_get_lines(0, 0, -1, true)]])
  assert(vim.tbl_contains(lines, '## Why') or #lines > 5, vim.inspect(lines))
end)

test('formatting aligns a table by what it shows', { 'format' }, function()
  open(AGENTS .. 'shop-lead.md')
  ask([[
    vim.api.nvim_buf_set_lines(0, -1, -1, true, { '', '| 名前 | b |', '|-|-|', '| x | 😀 |' })
    vim.lsp.buf.format({ async = false })
  ]])
  local lines = ask([[return vim.api.nvim_buf_get_lines(0, -4, -1, true)]])
  expect_equal('the table', lines, { '| 名前 | b   |', '| ---- | --- |', '| x    | 😀  |' })
end)

test(
  'a rename changes the name, every mention of it and the file',
  { 'rename', 'rename-file' },
  function()
    open(AGENTS .. 'release-manager.md')
    open(AGENTS .. 'shop-lead.md')
    go_to('support-writer')
    ask([[vim.lsp.buf.rename('care-writer')]])
    eventually('the cell in the other buffer', function(lines)
      return vim.tbl_contains(lines, '| `care-writer` | customers have noticed |')
    end, [[return vim.api.nvim_buf_get_lines(vim.fn.bufnr('release-manager.md'), 0, -1, true)]])
    eventually(
      'the renamed file',
      function(name)
        return name == 'care-writer'
      end,
      [[
    vim.cmd('silent! wall')
    local file = vim.fn.fnameescape(...)
    return vim.fn.filereadable(file) == 1 and vim.fn.readfile(file)[2]:match('^name: (.*)$') or ''
  ]],
      E.team .. '/' .. AGENTS .. 'care-writer.md'
    )
    expect_equal(
      'the old file is there',
      vim.uv.fs_stat(E.team .. '/' .. AGENTS .. 'support-writer.md'),
      nil
    )
    open(AGENTS .. 'shop-lead.md')
    expect_shown({})
  end
)
