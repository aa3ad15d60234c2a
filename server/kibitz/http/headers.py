"""The security headers of every answer, and the policy of the pages.

Source of the list: OWASP ASVS 5.0, chapters 3.4 and 3.5. The first page's style and script are
inlined, so the policy names them by their hashes; nothing else inline runs.
"""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
HSTS = "max-age=31536000"

WORKER_POLICY = "default-src 'none'; connect-src 'self'; script-src 'self'"
"""The Content-Security-Policy of the service worker: it fetches from here, and nothing else."""


def inline_hash(text: str) -> str:
    """The source expression that lets exactly this inline text run."""
    return "'sha256-" + b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"


def embed_policy(style: str) -> str:
    """The Content-Security-Policy of the page for embedding: anybody's page may frame it, and it may do
    less than any other."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            f"style-src {inline_hash(style)}",
            "connect-src 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "form-action 'none'",
            "frame-ancestors *",
            "require-trusted-types-for 'script'",
        ]
    )


def page_policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """The Content-Security-Policy of a page whose inline scripts and styles are these texts."""
    script_src = " ".join(["'self'", *(inline_hash(text) for text in scripts)])
    style_src = " ".join(["'self'", *(inline_hash(text) for text in styles)])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {script_src}",
            f"style-src {style_src}",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ]
    )
