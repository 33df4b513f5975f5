"""Callers who ask in every way there is, and get the whole of what was answered."""

import base64
import json
import re

from endpoint import MODERN, Endpoint

#: Words and numbers that are planted in hidden fields only, see `planting.py`.
_CANARIES = re.compile(
    r"kanari|leak\.example|884(20|30)\d{4}|773[123]\d{3}", re.IGNORECASE
)
#: Written between the digits of a number or of a telephone number.
_SEPARATORS = re.compile(r"(?<=\d)[,.\s\u00a0\u202f](?=\d)")
_HANDLE = re.compile(r'"handle\\*":\s*\\*"([^"\\]+)')
#: Random, and long enough to have the digits of a canary by chance.
_RANDOM = re.compile(r"[0-9a-f]{32,}|<[^<>@\s]+@[^<>\s]+-openerp-[^<>\s]*>|<\d+\.\d+\.")


def canaries(text):
    """Return what is in an answer of what nobody should see, signed handles opened."""
    handles = [opened(handle) for handle in _HANDLE.findall(text)]
    plain = _RANDOM.sub("", _HANDLE.sub("", text))
    whole = "\n".join([plain, *handles])
    found = _CANARIES.finditer(_SEPARATORS.sub("", whole))
    return sorted({match.group(0).lower() for match in found})


def opened(handle):
    """Return what a handle says to who looks into it, without its signature."""
    data = base64.urlsafe_b64decode(handle + "=" * (-len(handle) % 4))
    # version, moment and hash come first
    return data[1 + 8 + 32 :].decode("utf-8", "replace")


class Asker(Endpoint):
    """A caller of the endpoint; answers are text, whether they are errors or not."""

    def __init__(self, login, url, key):
        super().__init__(url, key)
        self.login = login
        self._http.timeout = 60

    def answer(self, method, params, revision=MODERN, **changes):
        return self.post(method, params, revision, **changes).text

    def tool(self, name, /, **arguments):
        """Return the answer of a tool as text."""
        return self.answer("tools/call", {"name": name, "arguments": arguments})

    def result(self, name, /, **arguments):
        """Return the structured result of a tool, empty where it failed."""
        result = json.loads(self.tool(name, **arguments)).get("result", {})
        return {} if result.get("isError") else result.get("structuredContent", {})

    def resource(self, uri):
        return self.answer("resources/read", {"uri": uri}, mcp_name=uri)

    def complete(self, uri, name, value, **chosen):
        params = {
            "ref": {"type": "ref/resource", "uri": uri},
            "argument": {"name": name, "value": value},
        }
        if chosen:
            params["context"] = {"arguments": chosen}
        return self.answer("completion/complete", params)

    def batch(self, *calls):
        """Return the answer to several calls in one message of 2025-03-26."""
        revision = "2025-03-26"
        messages = [
            self.message("tools/call", {"name": name, "arguments": given}, revision)
            for name, given in calls
        ]
        return self.send(messages, headers=self.headers(revision)).text

    def stream(self, name, /, **arguments):
        """Return the answer of a tool with a token for progress."""
        message = self.message("tools/call", {"name": name, "arguments": arguments})
        message["params"]["_meta"] = {"progressToken": "token"}
        return self.send(message).text
