-- Runs all tests: `nvim -l client.lua WORK EXAMPLES PLUGIN DUMPS FEATURES RESULT`, by run.sh.

local here = vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2))
package.path = here .. '/?.lua;' .. package.path

local E = require('editor')
local features, result = unpack(arg, 5)

for _, suite in ipairs({ 'team', 'beside', 'plugin', 'install', 'files' }) do
  local ok, problem = xpcall(dofile, debug.traceback, ('%s/%s.lua'):format(here, suite))
  E.test(('the tests of %s.lua run to their end'):format(suite), {}, function()
    assert(ok, problem)
  end)
  local left = E.stop()
  E.test(('the editor of %s.lua leaves in order'):format(suite), {}, function()
    assert(left)
  end)
end

os.exit(E.finish(features, result) and 0 or 1)
