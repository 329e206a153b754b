-- The requests that wrk sends, and its counts as one line of JSON.
-- The path is another one each time: a proxy that remembers request lines gains nothing by it.
local number = 10000000
local before, after

function init(args)
  before = "GET " .. args[1] .. "?page="
  local lines = { " HTTP/1.1", "Host: " .. wrk.headers["Host"] }
  for header in args[2]:gmatch("[^\n]+") do lines[#lines + 1] = header end
  after = table.concat(lines, "\r\n") .. "\r\n\r\n"
end

function request()
  number = number + 1
  return before .. number .. after
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"bytes":%d,"seconds":%f,"errors":%d,"p99Ms":%f}\n',
    summary.requests, summary.bytes, summary.duration / 1e6,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(99) / 1e3))
end
