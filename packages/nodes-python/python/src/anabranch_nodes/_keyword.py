import re
from collections.abc import AsyncIterator
from typing import Annotated

from msgspec import Meta

from anabranch import NodeExecutor, NodeInputs, NodeOutputs, Params, node


class KeywordParams(Params, frozen=True):
    words: Annotated[tuple[str, ...], Meta(min_length=1, description="Words or phrases, in any case.")]


@node(
    "KeywordNode",
    summary="Finds words in text.",
    params=KeywordParams,
    inputs={"input": "text"},
    outputs={"output": "json"},
    purity="pure",
    filters=True,
)
class KeywordNode(NodeExecutor[KeywordParams]):
    """Gives `{word, at, text}` for each place where one of the words stands; `at` counts characters from 0."""

    async def prepare(self) -> None:
        self._spelt = {word.lower(): word for word in self.params.words}
        words = "|".join(re.escape(word) for word in sorted(self._spelt, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)

    async def execute(self, inputs: NodeInputs) -> AsyncIterator[NodeOutputs]:
        text = inputs.get_text("input")
        for found in self._pattern.finditer(text):
            yield NodeOutputs({"output": {"word": self._spelt[found[0].lower()], "at": found.start(), "text": text}})
