"""Version 3 of its params has `gain` in dB; version 2 had `db`, version 1 a `factor`."""

import math
from typing import Any

import numpy as np
from anabranch import NodeExecutor, NodeInputs, NodeOutputs, Params, node


class OlderGainParams(Params, frozen=True):
    gain: float = 0.0


class Gain(NodeExecutor[OlderGainParams]):
    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        buffer = inputs.get_audio_buffer("input")
        louder = buffer.samples * np.float32(10 ** (self.params.gain / 20))
        return NodeOutputs.from_audio_buffer("output", buffer.with_samples(louder.astype("f4")))


form: dict[str, Any] = {"params": OlderGainParams, "inputs": {"input": "audio"}, "outputs": {"output": "audio"}}


@node("OlderGainNode", summary="Multiplies samples by a gain in dB.", version=3, **form)
class OlderGainNode(Gain):
    @staticmethod
    def migrate(params: dict[str, Any], since: int) -> dict[str, Any]:
        if since == 2:
            return {"gain": params["db"]}
        if params["factor"] <= 0:
            raise ValueError("a factor of 0 is no gain")
        return {"gain": 20 * math.log10(params["factor"])}


@node("ForgetfulGainNode", summary="Has no migrate.", version=3, **form)
class ForgetfulGainNode(Gain):
    pass
