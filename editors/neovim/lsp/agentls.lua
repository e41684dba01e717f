---@brief
---
--- `agentls`, a language server for the markdown files that define AI coding agents:
--- diagnostics, completion and hover; definition, references and rename across files for
--- the names in their headers, their delegation tables and their text.
---
--- Install the program with `cargo install --path server` in a checkout of agentls.
---
--- agentls goes by a file's path and header: in markdown that is neither an agent nor
--- one of its kin it finds names, and reports nothing.
---
--- Agents that another program adds, changes or deletes are noticed at once where Neovim
--- watches files. On Linux that is off unless you switch it on:
---
--- ```lua
--- vim.lsp.config('agentls', {
---   capabilities = {
---     workspace = { didChangeWatchedFiles = { dynamicRegistration = true } },
---   },
--- })
--- ```
---
--- Code lenses count the references of an agent, who extends it and who delegates to it.
--- `vim.lsp.codelens.run()` on one of them puts the places into the quickfix list.

---@param message string
local function notify(message)
  vim.notify('agentls: ' .. message, vim.log.levels.WARN)
end

--- Puts the places that `method` finds at what a code lens stands at into the quickfix list.
---@param title string
---@param method string
---@param extra? table What the request says beside the place.
---@param locations fun(client: vim.lsp.Client, found: table[], show: fun(locations: lsp.Location[]))
---@return fun(command: lsp.Command, context: { bufnr: integer, client_id: integer })
local function lists(title, method, extra, locations)
  return function(command, context)
    local client = assert(vim.lsp.get_client_by_id(context.client_id))
    local uri, position = unpack(command.arguments)
    local params = vim.tbl_extend('error', {
      textDocument = { uri = uri },
      position = position,
    }, extra or {})
    client:request(method, params, function(err, found)
      if err then
        return notify(err.message)
      end
      locations(client, found or {}, function(places)
        if #places == 0 then
          return notify('Nothing found.')
        end
        local items = vim.lsp.util.locations_to_items(places, client.offset_encoding)
        vim.fn.setqflist({}, ' ', { title = title, items = items })
        vim.cmd('botright copen')
      end)
    end, context.bufnr)
    -- Neovim 0.11 takes the lenses of a line away when one of them is run.
    if not vim.lsp.codelens.enable then
      vim.lsp.codelens.refresh({ bufnr = context.bufnr })
    end
  end
end

local function as_they_are(_, found, show)
  show(found)
end

--- Asks who delegates to the first of the `items` of a call hierarchy.
local function callers(client, items, show)
  if not items[1] then
    return show({})
  end
  client:request('callHierarchy/incomingCalls', { item = items[1] }, function(err, calls)
    if err then
      return notify(err.message)
    end
    local places = {}
    for _, call in ipairs(calls or {}) do
      for _, range in ipairs(call.fromRanges) do
        table.insert(places, { uri = call.from.uri, range = range })
      end
    end
    show(places)
  end)
end

---@type vim.lsp.Config
return {
  cmd = { 'agentls', 'server' },
  filetypes = { 'markdown' },
  -- One group, so that the nearest folder that holds any of them is the root, as it is
  -- for `agentls check FILE`.
  root_markers = {
    { '.agentls.yaml', '.claude', '.github', '.opencode', '.gemini', '.cursor', '.git' },
  },
  init_options = {
    commands = {
      showReferences = 'agentls.showReferences',
      showImplementations = 'agentls.showImplementations',
      showCallers = 'agentls.showCallers',
      explainRule = 'agentls.explainRule',
    },
  },
  commands = {
    ['agentls.showReferences'] = lists('References', 'textDocument/references', {
      context = { includeDeclaration = false },
    }, as_they_are),
    ['agentls.showImplementations'] = lists(
      'Extended by',
      'textDocument/implementation',
      nil,
      as_they_are
    ),
    ['agentls.showCallers'] = lists(
      'Delegated to by',
      'textDocument/prepareCallHierarchy',
      nil,
      callers
    ),
    -- "Explain RULE" among the code actions: the rule's page in a window, `q` closes it.
    ['agentls.explainRule'] = function(command, context)
      local client = assert(vim.lsp.get_client_by_id(context.client_id))
      local rule = command.arguments[1]
      client:request('agentls/explain', { rule = rule }, function(err, page)
        if err or not page then
          return notify(err and err.message or ('There is no page about %s.'):format(rule))
        end
        local lines = vim.split('# ' .. page.name .. '\n\n' .. page.markdown, '\n')
        local _, window = vim.lsp.util.open_floating_preview(lines, 'markdown', {
          border = 'rounded',
          focus_id = 'agentls.explainRule',
        })
        vim.api.nvim_set_current_win(window)
      end)
    end,
  },
}
