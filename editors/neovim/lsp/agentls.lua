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
}
