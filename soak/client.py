"""Callers over HTTP, who cannot see more of the server than its answers."""

import requests
from history import FAIL, OK, UNKNOWN

TIMEOUT = 60
# Errors after which nobody knows whether the transaction was committed: PostgreSQL, or
# the way to it, went away in the middle.
LOST = (
    "psycopg2.OperationalError",
    "psycopg2.InterfaceError",
    "psycopg2.DatabaseError",
    "psycopg2.errors.AdminShutdown",
    "psycopg2.errors.CrashShutdown",
    "psycopg2.errors.CannotConnectNow",
)


class Answer:
    """How a call ended: ``outcome``, with its ``value`` or what went wrong."""

    def __init__(self, outcome, value=None, error="", status=200, headers=None):
        self.outcome = outcome
        self.value = value
        self.error = error
        self.status = status
        self.headers = headers or {}

    def __bool__(self):
        return self.outcome == OK


class Client:
    """A session as one browser has; it logs in again when it must."""

    def __init__(self, url, database, login, key=None):
        self.url = url
        self.database = database
        self.login = login
        self.key = key
        self._session = None

    # The web client's way

    def call(self, model, method, *args, **kwargs):
        """Call a method as the web client does; return an :class:`Answer`."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", params)

    def read(self, model, domain, fields, **options):
        """Return rows, or none where nothing could be read."""
        answer = self.call(model, "search_read", domain, fields, **options)
        return answer.value if answer else []

    def post(self, path, params):
        """Call any JSON-RPC route."""
        return self._post(path, params)

    def _post(self, path, params):
        try:
            session = self._session or self._log_in()
            answer = _send(session, self.url + path, params)
        except (requests.RequestException, ValueError) as error:
            return Answer(UNKNOWN, error=repr(error))
        if "SessionExpired" in answer.error:
            self._session = None
        return answer

    def _log_in(self):
        session = requests.Session()
        if self.login:
            params = {"db": self.database, "login": self.login, "password": self.login}
            path = "/web/session/authenticate"
            if not _send(session, self.url + path, params):
                raise requests.ConnectionError("could not log in")
        self._session = session
        return session

    # The API's way

    def request(self, method, path, body=None, key=None):
        """Call the HTTP API with the key of this user."""
        headers = {"X-Api-Key": self.key}
        if key:
            headers["Idempotency-Key"] = key
        try:
            response = requests.request(
                method,
                f"{self.url}/api/v2{path}",
                json=body,
                headers=headers,
                timeout=TIMEOUT,
            )
            value = response.json()
        except (requests.RequestException, ValueError) as error:
            return Answer(UNKNOWN, error=repr(error))
        status = response.status_code
        outcome = OK if status < 300 else FAIL if status < 500 else UNKNOWN
        if status in (409, 429, 503):
            outcome = FAIL  # said before anything is written
        error = "" if outcome == OK else str(value)
        return Answer(outcome, value, error, status, response.headers)


def _send(session, url, params):
    body = {"jsonrpc": "2.0", "method": "call", "params": params}
    response = session.post(url, json=body, timeout=TIMEOUT)
    answer = response.json()
    if "error" not in answer:
        return Answer(OK, answer.get("result"))
    data = answer["error"].get("data") or {}
    name = data.get("name", "")
    error = f"{name}: {data.get('message', answer['error'].get('message'))}"
    return Answer(UNKNOWN if name in LOST else FAIL, error=error)
