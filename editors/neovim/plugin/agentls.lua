if vim.g.loaded_agentls then
  return
end
vim.g.loaded_agentls = true

-- Root markers in groups are from this version on.
if vim.fn.has('nvim-0.11.3') == 0 then
  vim.notify('agentls needs Neovim 0.11.3 or later.', vim.log.levels.WARN)
  return
end

-- The rules of Cursor, which Neovim has no file type for.
if not vim.filetype.match({ filename = 'rule.mdc' }) then
  vim.filetype.add({ extension = { mdc = 'markdown' } })
end

local enable = vim.g.agentls_enable
if enable ~= false and enable ~= 0 then
  vim.lsp.enable('agentls')
  -- Neovim itself starts nothing, without a word, where the program is missing.
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'markdown',
    desc = 'Says once that there is no agentls',
    callback = function(event)
      if vim.bo[event.buf].buftype == '' then
        require('agentls.client').require_startable()
        return true
      end
    end,
  })
end

vim.api.nvim_create_user_command('Agentls', function(command)
  require('agentls.command').run(command.args)
end, {
  nargs = '+',
  desc = 'Agent files: open, new, explain, fix, status, graph, restart',
  complete = function(lead, line, cursor)
    return require('agentls.command').complete(lead, line:sub(1, cursor))
  end,
})
