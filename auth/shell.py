"""The HTML page Streamlit runs in, and the headers that travel with everything.

The page is Streamlit's own index.html with our title, with Japanese in the place of two English
phrases, and with watch.js, which leaves for the sign-in page as soon as the session is over. Its inline scripts are allowed by hash, computed here from the installed version.
"""

import base64
import hashlib
import importlib.util
import re
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from auth.origin import is_https

TITLE = "国民健康保険料 滞納管理コンソール"
STATIC = Path(importlib.util.find_spec("streamlit").origin).with_name("static")


# Two of Streamlit's English words have no option: "Press Ctrl+Enter to apply" beside a field that is typed in, "No results" in an empty choice.
# In a form the first is the count of letters alone.
WORDS = """<style>
[data-testid="InputInstructions"]:not([data-testid="stForm"] *) > span:first-child, [role="listbox"][data-empty="true"] [role="option"] > span { font-size: 0; }
[data-testid="InputInstructions"]:not([data-testid="stForm"] *) > span:first-child::after { content: "欄の外を押すと確定します"; font-size: 0.75rem; }
[role="listbox"][data-empty="true"] [role="option"] > span::after { content: "当てはまるものはありません"; font-size: 0.875rem; }
</style>"""


def _index() -> str:
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    text = re.sub(r"<!--.*?-->|<link rel=\"service-desc\"[^>]*>|<noscript>.*?</noscript>", "", text, flags=re.DOTALL)
    text = text.replace('lang="en"', 'lang="ja"').replace("<title>Streamlit</title>", f"<title>{TITLE}</title>")
    text = text.replace("<head>", '<head>\n    <script src="/auth/watch.js"></script>\n    ' + WORDS, 1)
    return text.replace("<body>", "<body>\n    <noscript>この画面には JavaScript が必要です。</noscript>", 1)


def _inline_hashes(html: str) -> str:
    found = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in found)


INDEX = _index()

# Streamlit styles its elements from script, hence 'unsafe-inline' for styles; never for scripts.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        f"script-src 'self' {_inline_hashes(INDEX)}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "frame-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with it a form's Origin arrives as "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def sealed(send: Send, path: str) -> Send:
    """`send` with the security headers on every response; only hashed static files may be kept by the browser."""

    async def seal(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": list(message.get("headers", []))}
            headers = MutableHeaders(raw=message["headers"])
            headers.update(HEADERS)
            if is_https():
                headers["Strict-Transport-Security"] = "max-age=31536000"
            if not (path.startswith("/static/") and message["status"] == 200):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return seal
