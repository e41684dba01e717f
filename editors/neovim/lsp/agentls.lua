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

---@type vim.lsp.Config
return {
  cmd = { 'agentls', 'server' },
  filetypes = { 'markdown' },
  -- One group, so that the nearest folder that holds any of them is the root, as it is
  -- for `agentls check FILE`.
  root_markers = {
    { '.agentls.yaml', '.claude', '.github', '.opencode', '.gemini', '.cursor', '.git' },
  },
  init_options = { commands = { explainRule = 'agentls.explainRule' } },
  commands = {
    -- "Explain RULE" among the code actions: the rule's page in a window, `q` closes it.
    ['agentls.explainRule'] = function(command, context)
      local client = assert(vim.lsp.get_client_by_id(context.client_id))
      local rule = command.arguments[1]
      client:request('agentls/explain', { rule = rule }, function(err, page)
        if err or not page then
          vim.notify(('There is no page about %s.'):format(rule), vim.log.levels.WARN)
          return
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
