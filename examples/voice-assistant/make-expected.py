"""Writes what must be heard and said: the replies are spoken here by the engine alone, without a pipeline.

../../packages/nodes-python/python/.venv/bin/python make-expected.py > expected.json
"""

import json

from hibari import Hibari

# By hand: what is spoken in the recording up to 13.15 s, and what the script answers.
CALLER = [
    "it was the best of times it was the worst of times",
    "it was the age of wisdom it was the age of foolishness",
    "it was the epoch of belief it was the epoch of incredulity",
]
REPLIES = [
    "The best and the worst, you say, both at the same time.",
    "Wisdom and foolishness have always been neighbours in this street, as my grandmother liked to tell me.",
    "Then I believe every word of it.",
]

engine = Hibari(voice="heart")
spoken = [sum(len(part) for part in engine.stream(text, speed=1.0, seed=0)) for text in REPLIES]
print(json.dumps({"caller": CALLER, "replies": REPLIES, "reply_samples": spoken}, indent=2))
