"""A client of the protocol, in a process of its own, that does what it is told."""

import json
import subprocess
import threading

#: No answer takes longer, in seconds; the process is ended then.
_PATIENCE = 30


class Refusal(Exception):
    """The client raised an error.

    code: of the protocol's error; status: of HTTP. Each where the client tells it.
    """

    def __init__(self, message, code=None, status=None):
        super().__init__(message)
        self.code = code
        self.status = status


class Client:
    """One driver process, connected; a context manager.

    revision: the one that the client and the server agreed on
    """

    def __init__(self, command, folder, environment):
        self._process = subprocess.Popen(
            list(map(str, command)),
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.revision = self.server = None

    def __enter__(self):
        try:
            self.connect()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *exception):
        self._end()

    def connect(self):
        """Connect, the first time or anew."""
        connection = self.ask("connect")
        self.revision, self.server = connection["revision"], connection["server"]

    def ask(self, method, **params):
        """Return the result of a request.

        :raises Refusal: the client raised an error
        """
        print(
            json.dumps({"method": method, "params": params}),
            file=self._process.stdin,
            flush=True,
        )
        timer = threading.Timer(_PATIENCE, self._process.kill)
        timer.start()
        try:
            line = self._process.stdout.readline()
        finally:
            timer.cancel()
        assert line, f"no answer to {method}"
        answer = json.loads(line)
        if "error" in answer:
            raise Refusal(**answer["error"])
        return answer["result"]

    def call(self, tool, **arguments):
        """Return the result of a tool, an error of it included."""
        return self.ask("tools/call", name=tool, arguments=arguments)

    def _end(self):
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
