"""Reads Prometheus text on stdin with the parser that argv[1] names, and writes its families as JSON."""

import json
import sys

from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics

parsers = {"text": parser, "openmetrics": openmetrics}
families = parsers[sys.argv[1]].text_string_to_metric_families(sys.stdin.read())
json.dump(
    [
        {
            "name": family.name,
            "type": family.type,
            "help": family.documentation,
            "samples": [{"name": s.name, "labels": s.labels, "value": s.value} for s in family.samples],
        }
        for family in families
    ],
    sys.stdout,
)
