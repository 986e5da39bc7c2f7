"""The limits of contract/limits.json that this side enforces; a test holds the two together."""

from typing import Final

MSGPACK_DEPTH: Final = 32
MSGPACK_ITEMS: Final = 65536
VALUE_BYTES: Final = 67108864
WIRE_MESSAGE_BYTES: Final = 1048576
CHANNELS_MAX: Final = 64
SAMPLE_RATE_MIN: Final = 1000
SAMPLE_RATE_MAX: Final = 768000
IN_FLIGHT: Final = 32
OUTPUTS_AHEAD: Final = 8
