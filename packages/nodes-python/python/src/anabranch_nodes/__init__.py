"""The nodes that come with Anabranch."""

from ._soft_clip import SoftClipNode

__all__ = ["SoftClipNode"]
