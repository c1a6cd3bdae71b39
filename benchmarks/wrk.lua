-- Sends prepared pushes one after the other, each once; counts empty answers.
local pushes, at, empty = {}, 0, 0
local threads = {}
function setup(thread) thread:set("number", #threads); table.insert(threads, thread) end
function init(args)
  local n = 0
  for path in io.lines(args[1]) do
    if n % 2 == 0 then last = path
    elseif math.floor(n / 2) % tonumber(args[2]) == number then
      local body = path:gsub("\v", "\n")
      pushes[#pushes + 1] = wrk.format("POST", last, { ["Content-Type"] = "text/xml" }, body)
    end
    n = n + 1
  end
  empties = 0
end
function request() at = at % #pushes + 1; return pushes[at] end
function response(status, headers, body) if #body == 0 then empties = empties + 1 end end
function done(summary, latency, requests)
  local e = 0
  for _, t in ipairs(threads) do e = e + t:get("empties") end
  io.write(string.format('JSON {"requests":%d,"us":%d,"p50":%d,"p99":%d,"errors":%d,"empty":%d}\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout, e))
end
