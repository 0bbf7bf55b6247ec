-- Sends the requests of a file, one after the other and again from the start, and checks every answer.
--
--   wrk -s verified.lua URL -- FILE EXPECTED
--   FILE      one request per line: <header name> TAB <header value> TAB <body>
--   EXPECTED  what every answer must begin with; errors come first in an answer, so HTTP 200 with errors never does
--
-- The last line of the output is JSON.

local threads = {}

function setup(thread) table.insert(threads, thread) end

function init(args)
    requests, sent, bad, first_bad = {}, 0, 0, ""
    expected = args[2]
    for line in io.lines(args[1]) do
        local name, value, body = line:match("^([^\t]*)\t([^\t]*)\t(.*)$")
        requests[#requests + 1] = wrk.format("POST", nil, { ["content-type"] = "application/json", [name] = value }, body)
    end
end

function request()
    sent = sent + 1
    return requests[(sent - 1) % #requests + 1]
end

function response(status, headers, body)
    if status ~= 200 or body:sub(1, #expected) ~= expected then
        bad = bad + 1
        if bad == 1 then first_bad = status .. " " .. body:sub(1, 300) end
    end
end

function done(summary, latency, _)
    local wrong, used, seen = 0, 0, ""
    for _, thread in ipairs(threads) do
        wrong, used, seen = wrong + thread:get("bad"), used + thread:get("sent"), seen .. thread:get("first_bad")
    end
    local broken = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    print(string.format('{"answers":%d,"wrong":%d,"broken":%d,"sent":%d,"micros":%d,"p50":%d,"p99":%d,"first_wrong":%q}',
        summary.requests, wrong, broken, used, summary.duration, latency:percentile(50), latency:percentile(99),
        (seen:gsub('[\\"%c]', "'"))))
end
