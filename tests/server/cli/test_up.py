"""What `kibitz up` hands to its children."""

from pathlib import Path

from kibitz.cli.up import _specs
from kibitz.config import Settings, load


def test_a_password_goes_to_the_server_alone_and_to_no_command_line(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, cache="redis", redis_url="redis://:hunter2@127.0.0.1:6379/0")
    specs = {spec.name: spec for spec in _specs(settings, "link")}
    assert all("hunter2" not in part for spec in specs.values() for part in spec.arguments)
    assert {name for name, spec in specs.items() if "hunter2" in str(spec.variables)} == {"server"}
    parts = specs["server"].arguments[1:]
    flags = {flag[2:].replace("-", "_"): text for flag, text in zip(parts[::2], parts[1::2], strict=True)}
    given = load(flags, specs["server"].variables)
    assert (given.redis_url, given.cache) == (settings.redis_url, "redis")
