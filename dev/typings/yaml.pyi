# What we use of PyYAML, which comes with Home Assistant, and without types.

from collections.abc import Callable
from typing import Any

class ScalarNode: ...

class SafeDumper:
    def ignore_aliases(self, data: object, /) -> bool: ...
    def represent_scalar(
        self, tag: str, value: str, style: str | None = None
    ) -> ScalarNode: ...
    @classmethod
    def add_representer[DumperT: SafeDumper, DataT](
        cls,
        data_type: type[DataT],
        representer: Callable[[DumperT, DataT], ScalarNode],
    ) -> None: ...

def dump(
    data: object,
    *,
    Dumper: type[SafeDumper],  # noqa: N803 - its name
    sort_keys: bool = True,
    allow_unicode: bool | None = None,
    width: float = 80,
) -> str: ...
def safe_load(stream: str) -> Any: ...
