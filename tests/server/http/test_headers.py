"""The pages' policy lets exactly the inlined texts run."""

from kibitz.http.headers import inline_hash, page_policy


def test_hash_as_browsers_compute_it() -> None:
    # Source: CSP Level 3, section 8.3, with the text of MDN's example.
    assert inline_hash("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"


def test_nothing_else_inline_runs() -> None:
    policy = page_policy(["a()"], ["b{}"])
    assert f"script-src 'self' {inline_hash('a()')};" in policy
    assert f"style-src 'self' {inline_hash('b{}')};" in policy
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none';")
