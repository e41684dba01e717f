-- What is shown beside, behind and around the text, and the trees that lead from a name.

local E = require('editor')
local test, ask, open, go_to = E.test, E.ask, E.open, E.go_to
local eventually, listed, expect_equal = E.eventually, E.listed, E.expect_equal

local AGENTS = '.claude/agents/'

E.start()

--- What a person can tell the look of the first `text` on the screen by.
local LOOK = [[
  vim.cmd('redraw!')
  local text = ...
  for row = 1, vim.o.lines do
    local cells = {}
    for column = 1, vim.o.columns do
      table.insert(cells, vim.fn.screenstring(row, column))
    end
    local at = table.concat(cells):find(text, 1, true)
    if at then
      return vim.fn.screenattr(row, at)
    end
  end
  return -1
]]

--- Waits until `text` looks different from `other`.
local function expect_coloured(text, other)
  eventually(('%q looks different from %q'):format(text, other), function(looks)
    return looks[1] >= 0 and looks[2] >= 0 and looks[1] ~= looks[2]
  end, function()
    return { ask(LOOK, text), ask(LOOK, other) }
  end)
end

test('a header folds to one line, by the ranges of the server', { 'folding' }, function()
  open(AGENTS .. 'shop-lead.md')
  ask([[
    vim.wo.foldmethod = 'expr'
    vim.wo.foldexpr = 'v:lua.vim.lsp.foldexpr()'
    vim.wo.foldlevel = 99
  ]])
  eventually('the header is a fold', function(level)
    return level == 1
  end, [[return vim.fn.foldlevel(3)]])
  go_to('name: shop-lead')
  E.type_keys('zc')
  eventually('the header is closed', function(lines)
    return vim.deep_equal(lines, { 1, 7 })
  end, [[return { vim.fn.foldclosed(3), vim.fn.foldclosedend(3) }]])
  E.expect_on_screen('the fold', '+--', '7 lines')
end)

test(
  'names in prose have a colour, and lose it where the agent is gone',
  { 'semantic-tokens' },
  function()
    open(AGENTS .. 'catalog-editor.md')
    expect_coloured('storefront-developer', 'matters, ask')
    go_to('storefront-developer')
    E.type_keys('istore<Esc>')
    eventually('the name looks like the text around it', function(looks)
      return looks[1] == looks[2]
    end, function()
      return { ask(LOOK, 'storestorefront'), ask(LOOK, 'matters, ask') }
    end)
  end
)

test('the other places of a name light up', { 'highlight' }, function()
  open(AGENTS .. 'shop-lead.md')
  ask([[vim.api.nvim_set_hl(0, 'LspReferenceText', { reverse = true })
        vim.api.nvim_set_hl(0, 'LspReferenceRead', { reverse = true })]])
  -- The second place is in a fence far below the first, in the table.
  go_to('checkout-engineer')
  ask([[vim.lsp.buf.document_highlight()]])
  local marks = eventually(
    'two places',
    function(marks)
      return #marks == 2
    end,
    [[
    local namespace = vim.api.nvim_get_namespaces()['nvim.lsp.references']
    local marks = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })
    return vim.tbl_map(function(mark)
      local _, row, column, details = unpack(mark)
      return vim.api.nvim_buf_get_text(0, row, column, details.end_row, details.end_col, {})[1]
    end, marks)
  ]]
  )
  expect_equal('what is lit', marks, { 'checkout-engineer', 'checkout-engineer' })
  expect_coloured('checkout-engineer', 'the basket, payment')
end)

test('a hint beside a name says the model of its agent', { 'inlay-hints' }, function()
  open(AGENTS .. 'shop-lead.md')
  ask([[vim.lsp.inlay_hint.enable(true, { bufnr = 0 })]])
  E.expect_on_screen('the model of the writer', '`support-writer`', 'haiku', '|')
end)

test('a hint beside `extends` says what is inherited', { 'inlay-hints' }, function()
  open(AGENTS .. 'checkout-engineer.md')
  ask([[vim.lsp.inlay_hint.enable(true, { bufnr = 0 })]])
  E.expect_on_screen('what is inherited', 'extends: core/specialist', 'sonnet')
end)

--- Shows the lenses of this buffer.
local function show_lenses(what, ...)
  ask([[vim.lsp.codelens.refresh({ bufnr = 0 })]])
  E.expect_on_screen(what, ...)
end

--- Runs the lens called `title` on the line of the cursor, by its number in the list that
--- comes up.
local function click(title)
  E.empty_list('qf')
  E.type_keys(':lua vim.lsp.codelens.run()<CR>')
  local entry = E.expect_on_screen('the list of the lenses', ': ' .. title)
  E.type_keys(entry:match('^%d+') .. '<CR>')
end

test('a click on "references" lists them, and the lens stays', { 'code-lens' }, function()
  open(AGENTS .. 'support-writer.md')
  show_lenses('the lenses', 'name: support-writer', '3 references', 'delegated to by 3')
  go_to('name: support-writer')
  click('3 references')
  expect_equal('the quickfix list', E.places(E.list('references', 'qf')), {
    AGENTS .. 'checkout-engineer.md:31:4',
    AGENTS .. 'release-manager.md:22:4',
    AGENTS .. 'shop-lead.md:24:4',
  })
  E.expect_on_screen('the lenses', 'name: support-writer', '3 references')
  E.expect_on_screen('the window of the list', 'release-manager.md|22 col 4')
end)

test('a click on "delegated to by" lists who delegates', { 'code-lens' }, function()
  open(AGENTS .. 'support-writer.md')
  show_lenses('the lenses', 'delegated to by 3')
  go_to('name: support-writer')
  click('delegated to by 3')
  expect_equal('the quickfix list', E.places(E.list('callers', 'qf')), {
    AGENTS .. 'checkout-engineer.md:31:4',
    AGENTS .. 'release-manager.md:22:4',
    AGENTS .. 'shop-lead.md:24:4',
  })
end)

test('a click on "extended by" lists what extends', { 'code-lens' }, function()
  open('core/templates/specialist.md')
  show_lenses('the lenses', 'name: specialist', 'extended by 1')
  go_to('name: specialist')
  click('extended by 1')
  expect_equal('the quickfix list', E.places(E.list('heirs', 'qf')), {
    AGENTS .. 'checkout-engineer.md:2:7',
  })
end)

test('a click that finds nothing says so, and opens no window', { 'code-lens' }, function()
  open(AGENTS .. 'shop-lead.md')
  ask([[
    local client = vim.lsp.get_clients({ bufnr = 0, name = 'agentls' })[1]
    client:exec_cmd({
      title = 'extended by 0',
      command = 'agentls.showImplementations',
      arguments = { vim.uri_from_bufnr(0), { line = 1, character = 6 } },
    }, { bufnr = 0 })
  ]])
  E.expect_on_screen('the message', 'agentls: Nothing found.')
  expect_equal('windows', ask([[return vim.fn.winnr('$')]]), 1)
end)

test('what extends an agent is its implementation', { 'implementation' }, function()
  open('core/templates/specialist.md')
  go_to('specialist')
  ask([[vim.lsp.buf.implementation()]])
  E.expect_at('specialist', AGENTS .. 'checkout-engineer.md', 'checkout-engineer')
end)

test('incoming calls are the agents that delegate here', { 'call-hierarchy' }, function()
  open(AGENTS .. 'support-writer.md')
  go_to('support-writer')
  local items = listed('vim.lsp.buf.incoming_calls()', 'qf')
  expect_equal('the quickfix list', E.places(items), {
    AGENTS .. 'checkout-engineer.md:31:4',
    AGENTS .. 'release-manager.md:22:4',
    AGENTS .. 'shop-lead.md:24:4',
  })
end)

test('outgoing calls are the agents that are delegated to', { 'call-hierarchy' }, function()
  open(AGENTS .. 'checkout-engineer.md')
  go_to('checkout-engineer')
  local items = listed('vim.lsp.buf.outgoing_calls()', 'qf')
  local names = vim.tbl_map(function(item)
    return item.text
  end, items)
  table.sort(names)
  expect_equal(
    'the quickfix list',
    names,
    { 'order-analyst', 'storefront-developer', 'support-writer' }
  )
end)

test('the type hierarchy goes up and down along `extends`', { 'type-hierarchy' }, function()
  open('core/templates/specialist.md')
  go_to('specialist')
  local up = listed([[vim.lsp.buf.typehierarchy('supertypes')]], 'qf')
  expect_equal('what it extends', { #up, up[1].file }, { 1, 'core/base.md' })
  ask([[vim.cmd('cclose')]])
  go_to('specialist')
  local down = listed([[vim.lsp.buf.typehierarchy('subtypes')]], 'qf')
  expect_equal('what extends it', { #down, down[1].file }, { 1, AGENTS .. 'checkout-engineer.md' })
end)
