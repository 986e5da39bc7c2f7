"""What a worker is told when it starts."""

import msgspec


class WorkerConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the host writes to stdin as one line of JSON: nothing secret is in arguments or environment."""

    url: str
    user: str | None = None
    password: str | None = None
    run: str
    node: str
    generation: int
    heartbeat_ms: int = 1000
    modules: list[str] = []
    path: list[str] = []
