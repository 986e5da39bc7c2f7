# /// script
# dependencies = ["six==1.15.0"]
# ///
import six


class OldSixNode:
    """Tells the version of six it has."""

    def execute(self, inputs):
        return {"output": six.__version__}
