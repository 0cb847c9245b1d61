#!/usr/bin/python3
"""validate.py sarif|json|gitlab SCHEMA_FOLDER FILE: hold a report against its schema, and say what it holds."""
import json
import re
import sys

import jsonschema

form, folder, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    report = json.load(file)


def check(name):
    with open(f"{folder}/{name}", encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    errors = sorted(jsonschema.Draft7Validator(schema).iter_errors(report), key=lambda e: list(e.path))
    for error in errors[:5]:
        print(f"{path}: {'/'.join(map(str, error.path))}: {error.message}")
    if errors:
        sys.exit(1)


def demand(good, what):
    if not good:
        print(f"{path}: {what}")
        sys.exit(1)


if form == "sarif":
    check("sarif-2.1.0.schema.json")
    run = report["runs"][0]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    for rule in run["tool"]["driver"]["rules"]:
        demand(rule["help"]["text"], f"{rule['id']} has no help")
    for result in run["results"]:
        demand(result["ruleId"] in rules, f"{result['ruleId']} is no rule of the report")
        demand(result["partialFingerprints"]["trustc/v1"], "a result without fingerprint")
        for place in result["locations"]:
            region = place["physicalLocation"].get("region", {"startLine": 1, "startColumn": 1})
            demand(region["startLine"] >= 1 and region["startColumn"] >= 1, "a region before the file")
        for place in result["locations"] + result.get("relatedLocations", []):
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            demand(re.fullmatch(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*", uri), f"'{uri}' is no URI")
elif form == "json":
    check("lint.schema.json")
elif form == "gitlab":
    seen = set()
    for one in report:
        demand({"description", "check_name", "fingerprint", "severity", "location"} <= one.keys(), "a key is missing")
        demand(one["severity"] in ("info", "minor", "major", "critical", "blocker"), "no such severity")
        demand(one["location"]["lines"]["begin"] >= 1, "a line before the file")
        demand(one["fingerprint"] not in seen, "two findings have one fingerprint")
        seen.add(one["fingerprint"])
