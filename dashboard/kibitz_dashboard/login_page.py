"""What somebody sees who is not logged in: the form, and why nobody can be let in just now."""

from html import escape
from importlib.resources import files
from string import Template

from starlette.responses import HTMLResponse, RedirectResponse

from kibitz_dashboard.core.session import COOKIE

_PACKAGE = files("kibitz_dashboard")

_FORM = """
<p class="$tone">$message</p>
<form method="post" action="/login">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" required maxlength="64" autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
  required maxlength="1024">
<button>Log in</button>
</form>
"""
_PROVIDER = """
<p class="or">or</p>
<p><a class="button" href="/login/provider">Sign in with $provider</a></p>
"""


def unreachable_page(reason: str) -> HTMLResponse:
    """Says that nobody can be let in just now, and tries again by itself."""
    content = (
        f"<p>{escape(reason)} Nothing is shown until it says who you are. "
        "This page tries again every five seconds.</p>"
    )
    return _page("The server is away", content, status=503, refresh='<meta http-equiv="refresh" content="5">')


def login_form(
    message: str, provider: str | None = None, *, bad: bool = False, status: int = 200
) -> HTMLResponse:
    """`message` may mark words as code with backticks. `provider`: the OpenID provider's host."""
    first, *rest = escape(message).split("`")
    marked = first + "".join(f"<code>{part}</code>" if at % 2 == 0 else part for at, part in enumerate(rest))
    return _page(
        "Log in",
        Template(_FORM).substitute(tone="bad" if bad else "", message=marked)
        + ("" if provider is None else Template(_PROVIDER).substitute(provider=escape(provider))),
        status=status,
    )


def enter_with(token: str, *, is_tls: bool) -> RedirectResponse:
    """To the first page, logged in."""
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, token, path="/", httponly=True, samesite="lax", secure=is_tls)
    answer.headers["cache-control"] = "no-store"
    return answer


def _page(title: str, content: str, *, status: int, refresh: str = "") -> HTMLResponse:
    frame = Template((_PACKAGE / "login.html").read_text("utf-8"))
    headers = {
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    }
    return HTMLResponse(frame.substitute(title=title, content=content, refresh=refresh), status, headers)
