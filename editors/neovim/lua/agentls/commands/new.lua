--- `:Agentls new [NAME]`: a new agent, not written yet.
local client = require('agentls.client')

---@class agentls.Place
---@field host string
---@field title string
---@field folder string A URI.
---@field label string
---@field agents integer How many are there already.

---@class agentls.NewAgent
---@field uri? string
---@field text? string
---@field selection? lsp.Range What is to be typed over first.
---@field isTaken boolean
---@field problem? string

--- Selects what is to be typed over: the next letter takes its place.
---@param selection lsp.Range
---@param encoding string
local function select(selection, encoding)
  local function at(position)
    local line = vim.fn.getline(position.line + 1)
    return { position.line + 1, vim.str_byteindex(line, encoding, position.character, false) }
  end
  local first, last = at(selection.start), at(selection['end'])
  vim.api.nvim_win_set_cursor(0, first)
  if not vim.deep_equal(first, last) then
    vim.cmd.normal({ 'v', bang = true })
    vim.api.nvim_win_set_cursor(0, { last[1], last[2] - 1 })
    -- From Visual into Select mode.
    vim.cmd.normal({ vim.keycode('<C-g>'), bang = true })
  end
end

---@param of vim.lsp.Client
---@param made agentls.NewAgent
local function show(of, made)
  -- The server looks at the disk: a buffer that is not written yet is taken too.
  local is_taken = made.isTaken or vim.api.nvim_buf_is_loaded(vim.uri_to_bufnr(made.uri))
  vim.lsp.util.show_document({ uri = made.uri }, of.offset_encoding, { focus = true })
  if is_taken then
    vim.cmd.redraw()
    client.notify('There is such a file already: here it is.')
    return
  end
  local lines = vim.split(made.text, '\n')
  if lines[#lines] == '' then
    table.remove(lines)
  end
  vim.api.nvim_buf_set_lines(0, 0, -1, true, lines)
  vim.api.nvim_create_autocmd('BufWritePre', {
    buffer = 0,
    once = true,
    desc = 'Makes the folder of a new agent',
    callback = function()
      vim.fn.mkdir(vim.fs.dirname(vim.uri_to_fname(made.uri)), 'p')
    end,
  })
  if made.problem then
    client.notify(made.problem)
  end
  if made.selection then
    select(made.selection, of.offset_encoding)
  end
end

---@param of vim.lsp.Client
---@param name string
---@param place agentls.Place
local function make(of, name, place)
  local params = { name = name, host = place.host, folder = place.folder }
  of:request('agentls/newAgent', params, function(err, made)
    -- The list of places may still stand there, and what is said before it goes would go with it.
    vim.cmd.redraw()
    if made and made.uri then
      show(of, made)
    else
      client.notify(err and err.message or made and made.problem or 'No agent can be made there.')
    end
  end)
end

---@param of vim.lsp.Client
---@param name string
local function ask_for_place(of, name)
  of:request('agentls/places', vim.empty_dict(), function(err, places)
    if err or not places or #places == 0 then
      client.notify(err and err.message or 'There is no folder for agents here.')
      return
    end
    vim.ui.select(places, {
      prompt = ('Where is %s to be?'):format(name),
      format_item = function(place)
        return ('%s (%s, %d there)'):format(place.label, place.title, place.agents)
      end,
    }, function(place)
      if place then
        make(of, name, place)
      end
    end)
  end)
end

---@type agentls.Command
return {
  run = function(name)
    local of = client.require_any()
    if not of then
      return
    end
    if name ~= '' then
      return ask_for_place(of, name)
    end
    vim.ui.input({ prompt = 'Name of the new agent: ' }, function(typed)
      if typed and vim.trim(typed) ~= '' then
        ask_for_place(of, vim.trim(typed))
      end
    end)
  end,
}
