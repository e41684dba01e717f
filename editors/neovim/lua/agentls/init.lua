local M = {}

--- What a status line says of a buffer: who reads it, as what, and what is wrong with it.
--- Answers at once with what is known, and has the status line drawn again when that changes.
---@param bufnr? integer Default: the current buffer.
---@return string # Empty where no host reads the file.
function M.statusline(bufnr)
  return require('agentls.status').line(bufnr or vim.api.nvim_get_current_buf())
end

return M
