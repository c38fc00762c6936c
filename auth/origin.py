"""Where the console is reached: its hosts, its scheme, its cookies, from where, and which requests come from its own pages."""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from settings import hosts, is_https


def cookie_name(purpose: str = "console") -> str:
    """The cookie's name; the __Host- prefix makes the browser insist on Secure, this host and Path=/."""
    return f"__Host-{purpose}" if is_https() else purpose


def cookie(headers: Headers, purpose: str = "console") -> str:
    """The value of our cookie, or ""."""
    return cookie_parser(headers.get("cookie", "")).get(cookie_name(purpose), "")


def is_our_host(headers: Headers) -> bool:
    """Whether Host names this console (a rebound DNS name does not)."""
    return _hostname(headers.get("host", "")) in hosts()


def is_our_origin(headers: Headers) -> bool:
    """Whether Origin is present and is exactly the host that was asked."""
    scheme, _, netloc = headers.get("origin", "").partition("://")
    expected = {"https"} if is_https() else {"http", "https"}
    return scheme in expected and netloc == headers.get("host")


def is_foreign(headers: Headers, *, is_page: bool) -> bool:
    """Whether the browser says another site caused this. Following a link to a page is the one thing it may do."""
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    return not (is_page and headers.get("sec-fetch-mode") == "navigate")


def source(scope: Scope) -> str:
    """The address a request comes from. Behind TLS it is what the city's proxy wrote into X-Forwarded-For, and "" unless
    that is exactly one address: guessing is counted by it, so it must not be the terminal's to choose."""
    if not is_https():
        return scope["client"][0] if scope.get("client") else ""
    said = Headers(scope=scope).getlist("x-forwarded-for")
    try:
        return str(ipaddress.ip_address(said[0].strip())) if len(said) == 1 else ""
    except ValueError:
        return ""


def is_from_the_proxy(scope: Scope) -> bool:
    """Whether the request came by the city's proxy where there must be one, and not by some proxy where there must be none:
    the server would take X-Forwarded-For for the address, which is then the terminal's to choose."""
    return source(scope) != "" if is_https() else "x-forwarded-for" not in Headers(scope=scope)


def _hostname(host: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
        return (parts.hostname or "").rstrip(".") if parts.netloc == host and "@" not in host else ""
    except ValueError:
        return ""
