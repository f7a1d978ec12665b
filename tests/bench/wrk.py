"""The same load by wrk, which takes a tenth of the processor time of a client in Python."""

import re
import subprocess
import tempfile
from pathlib import Path

from .load import BODY, MESSAGES, SID

# The requests are created before the first is sent, because the client uses the same processors.
_SCRIPT = """
local requests, sent = {}, 0
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded", ["Connection"] = "%(connection)s" }
init = function()
  math.randomseed(os.time())
  local start = math.random(0, 2147483647)
  for count = 0, %(messages)d - 1 do
    local sid = string.format("%%08x", (start + count) %% 4294967296)
    local body = string.gsub([[%(body)s]], "MESSAGE", sid)
    requests[count] = wrk.format("POST", nil, headers, body)
  end
end
request = function()
  sent = sent + 1
  return requests[math.floor(sent / %(each)d) %% %(messages)d]
end
"""
_DELAY = """
delay = function()
  return %d
end
"""
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1_000.0}


def load(
    port: int, path: str, seconds: float, connections: int, *, keep: bool, each: int, delay_ms: int = 0
) -> list[float]:
    """Requests/s, p99 ms, answers that were not 2xx. Every message is sent `each` times; `delay_ms` is the pause of
    each connection before a request."""
    body = BODY.replace(SID[:8], b"MESSAGE").decode()
    values = {"body": body, "connection": "keep-alive" if keep else "close", "each": each, "messages": MESSAGES}
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        Path(script.name).write_text(_SCRIPT % values + (_DELAY % delay_ms if delay_ms else ""))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--latency", "-s", script.name]
        said = subprocess.run(
            [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
        ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", said)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    assert rate is not None, said
    assert p99 is not None, said
    return [float(rate[1]), float(p99[1]) * _UNITS[p99[2]], float(bad[1]) if bad else 0.0]
