#!/usr/bin/python3
"""validate.py FORM SCHEMA_FOLDER FILE: hold a report of one of the forms below against its schema, and say what it holds."""
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
        while error.context:  # of what may be one of several, the one that it comes nearest to
            error = max(error.context, key=lambda one: len(one.absolute_path))
        print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message}")
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
elif form == "isolate":
    check("isolate.schema.json")
    names = {pair["from"] for pair in report["pairs"] or []}
    for pair in report["pairs"] or []:
        demand(pair["from"] != pair["to"], "an application and itself are no pair")
        worst = max(("isolated", "unknown", "not isolated").index(pair[layer]) for layer in ("cas", "accounts"))
        demand(("isolated", "unknown", "not isolated").index(pair["both"]) <= worst, "both layers are worse than each")
    if len(names) > 1:
        demand(len(report["pairs"]) == len(names) * (len(names) - 1), "a pair is missing or there twice")
    for finding in report["findings"]:
        demand(finding["from"]["application"] in finding["froms"], "the witness is none of those who can do it")
        demand((finding["to"] is None) == (finding["tos"] == []), "there is a witness for nobody, or none for somebody")
        demand(finding["to"] is None or finding["to"]["application"] in finding["tos"], "the witness is not concerned")
        demand(finding["layer"] != finding["otherLayer"], "the other layer is the same one")
        demand(finding["verdict"] != "unknown" or finding["because"] or finding["from"]["possibly"], "unknown, and no why")
    for one in report["differences"] or []:
        demand((one["may"] == "") == (one["kind"] == "unknown"), "a difference in nothing")
elif form == "test":
    check("test.schema.json")
    rules = [rule for file in report["files"] for rule in file.get("rules", [])]
    lines = [line for rule in rules for line in rule["lines"]]
    demand(report["rules"] == len(rules) and report["lines"] == len(lines), "the totals are not those of the files")
    demand(report["failed"] == sum(line["failed"] > 0 for line in lines), "another number of lines fails")
    for rule in rules:
        demand(rule["holds"] == all(line["failed"] == 0 for line in rule["lines"]), f"'{rule['title']}' holds, or not")
    for line in lines:
        demand((line["failed"] > 0) == (line["diagnostics"] != []), f"no reason, or one too many: {line['says']}")
        demand(line["failed"] <= line["asked"], f"fails more often than it was asked: {line['says']}")
    for file in report["files"]:
        part = file.get("coverage")
        demand(not part or part["granted"] - part["exercised"] == len(part["unexercised"]), "coverage does not add up")
        part = file.get("mutation")
        demand(not part or part["changes"] - part["noticed"] == len(part["survivors"]), "survivors do not add up")
elif form == "query":
    check("query.schema.json")
    shared = report["kind"] == "share"
    demand(report["kind"] == "what" or report["demand"], "a question without what is asked")
    demand(shared == ("fullyTrusted" in report), "who is fully trusted is said of what is shared, and of nothing else")
    if report["kind"] in ("who", "may"):
        may = [answer["may"] for answer in report["answers"]]
        demand(sum(one != "no" for one in may) == report["found"], "the answers are not as many as were found")
        demand(may.count("unknown") == report["unknown"], "the unknown ones are not counted")
        demand(report["kind"] == "may" or "no" not in may, "somebody who may not is no answer to who may")
        for answer in report["answers"]:
            demand(answer["may"] != "yes" or answer["grants"] or not report["demand"], "it may, and no grant says so")
            demand(answer["may"] in (answer["own"], answer["generated"]), "no code of it may as much")
elif form == "why":
    check("why.schema.json")
    for answer in report.get("answers", []):
        demand(len(answer["codeGroups"]) == 2, "there are two kinds of own code")
        demand(answer["answer"]["may"] != "yes" or answer["grants"], "it may, and no grant says so")
        demand(not answer["hopeless"] or answer["change"] is None, "a change where no grant can help")
        demand((answer["near"] == "none") == (answer["nearest"] is None), "a nearest grant that is not near, or none")
    for line in report.get("grants", []):
        demand(line["shadowed"] == (line["by"] is not None), "shadowed by nothing, or not shadowed by something")
elif form == "diff":
    check("diff.schema.json")
    order = ("may not", "may possibly", "unknown", "may")
    changes = [change for entry in report["entries"] for change in entry["changes"]]
    effects = {change["effect"] for change in changes}
    for status in ("changed", "added", "removed"):
        count = sum(len(entry["applications"]) for entry in report["entries"] if entry["status"] == status)
        demand(count == report[status], f"{report[status]} applications are {status}, and {count} are named")
    for entry in report["entries"]:
        demand(entry["witnessesOf"] in entry["applications"], "the demands shown are those of somebody else")
    for change in changes:
        more = order.index(change["after"] or "may") - order.index(change["before"] or "may")
        demand(change["effect"] not in ("gains", "wider") or more > 0, f"no gain: {change['what']}")
        demand(change["effect"] not in ("loses", "narrower") or more < 0, f"no loss: {change['what']}")
        demand((change["area"] == "setting") == (change["effect"] == "other"), f"a setting, or not: {change['what']}")
        demand(change["area"] != "grant" or change["ownCode"] or change["generatedCode"], "a grant of no code")
        demand((change["file"] is None) == (change["line"] == 0), f"a place without a line: {change['what']}")
    demand(report["wider"] == bool(effects & {"gains", "wider", "unknown"}), "it is wider, or not")
    ways = report["isolation"] or []
    demand(report["isolationWorse"] == any(way["worse"] for way in ways), "isolation is worse, or not")
    demand(report["same"] == (not report["entries"] and not ways), "it is the same, or not")
elif form == "demands":
    check("demands.schema.json")
    everything = report["demands"] + report["others"]
    named = report["application"] is not None
    demand(report["allowed"] + report["not"] == len(everything), "the totals are not those of the lists")
    demand(report["allowed"] == sum(one["answer"] == "yes" for one in everything), "another number is allowed")
    demand(all((one["answer"] is not None) == named for one in everything), "an answer for nobody, or none for somebody")
    for one in report["demands"]:
        reasons = (one["answer"] == "yes") + (one["refusal"] is not None) + (one["obstacle"] is not None)
        demand(one["learned"] == (reasons == 0) and reasons <= 1, f"learned without need, or neither: {one['demand']}")
    demand(any(one["learned"] for one in report["demands"]) == (report["grant"] != ""), "a grant for nothing, or none")
    demand(not report["diff"] or report["grant"], "a change without a grant")
    demand(not (named and report["grant"]) or report["diff"], "a grant without a change")
elif form == "minimize":
    check("minimize.schema.json")
    demand((report["findings"] == []) == (report["diff"] == ""), "a change without a reason, or a reason without one")
    lines = [one["line"] for one in report["findings"]]
    demand(lines == sorted(lines), "the findings are not in order")
elif form == "gitlab":
    seen = set()
    for one in report:
        demand({"description", "check_name", "fingerprint", "severity", "location"} <= one.keys(), "a key is missing")
        demand(one["severity"] in ("info", "minor", "major", "critical", "blocker"), "no such severity")
        demand(one["location"]["lines"]["begin"] >= 1, "a line before the file")
        demand(one["fingerprint"] not in seen, "two findings have one fingerprint")
        seen.add(one["fingerprint"])
