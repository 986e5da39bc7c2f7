# /// script
# dependencies = ["six==1.16.0"]
# ///
import six


class NewSixNode:
    """Tells the version of six it has."""

    def execute(self, inputs):
        return {"output": six.__version__}
