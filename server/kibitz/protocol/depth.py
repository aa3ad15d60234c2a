"""How deep a decoded JSON value is, without recursion: the value comes from a stranger."""


def is_deeper(value: object, depth_max: int) -> bool:
    """More than `depth_max` arrays and objects are inside each other."""
    level: list[object] = [value]
    for _ in range(depth_max + 1):
        level = [
            child
            for parent in level
            if isinstance(parent, (list, dict))
            for child in (parent if isinstance(parent, list) else parent.values())
        ]
        if not level:
            return False
    return any(isinstance(value, (list, dict)) for value in level)
