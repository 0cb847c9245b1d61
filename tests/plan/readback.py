#!/usr/bin/python3
"""readback.py SCHEMA FOLDER: what the files of a plan in FOLDER say, read by other rules than those that wrote them.

plan.json is held against its schema. The scripts are read with a scanner of PowerShell's single-quoted strings and with
one of cmd's lines, and every argument of every step is compared with plan.json; the undo must have the same steps with the
same arguments, from the last to the first.
"""
import json
import os
import sys

import jsonschema

QUOTES = "'\u2018\u2019\u201a\u201b"


def fail(what):
    print(what)
    sys.exit(1)


# ---- PowerShell ----


def powershell_tokens(text):
    """Words, strings as ("string", text), signs; a line end outside brackets is "\\n"."""
    i, depth, line_start = 0, 0, True
    while i < len(text):
        c = text[i]
        if c == "\n":
            if depth == 0 and not line_start:
                yield "\n"
                line_start = True
            i += 1
            continue
        if c in " \t\r":
            i += 1
            continue
        line_start = False
        if c == "#":
            while i < len(text) and text[i] != "\n":
                i += 1
        elif c in QUOTES:
            i += 1
            out = ""
            while True:
                if i >= len(text) or text[i] in "\r\n":
                    fail("a string that does not end on its line")
                if text[i] in QUOTES:
                    if i + 1 < len(text) and text[i + 1] in QUOTES:
                        out += text[i]
                        i += 2
                        continue
                    i += 1
                    break
                out += text[i]
                i += 1
            if i < len(text) and text[i] not in " \t\r\n)":
                fail("a string runs into what follows: " + repr(text[i : i + 20]))
            yield ("string", out)
        elif c in "(),":
            depth += (c == "(") - (c == ")")
            yield c
            i += 1
        elif c == "@" and text[i + 1] == "(":
            yield "@"
            i += 1
        elif c.isalnum() or c in "-$":
            start = i
            while i < len(text) and (text[i].isalnum() or text[i] in "-$"):
                i += 1
            yield text[start:i]
        else:
            fail("an unexpected sign: " + repr(text[i : i + 20]))


def powershell_calls(path):
    with open(path, "rb") as file:
        data = file.read()
    if not data.startswith(b"\xef\xbb\xbf"):
        fail(path + ": no byte-order mark")
    if data.count(b"\n") != data.count(b"\r\n"):
        fail(path + ": a line end without CR")
    text = data[3:].decode()
    begin = text.index("Add-PSSnapin WebAdministration }\r\n") + len("Add-PSSnapin WebAdministration }\r\n")
    calls, call, bracket = [], [], None
    for token in powershell_tokens(text[begin : text.index("\r\n} catch {\r\n")] + "\n"):
        if token == "\n":
            calls.append(call)
            call = []
        elif token == "@":
            bracket = []
        elif bracket is not None:
            bracket.append(token)
            if token == ")" and bracket.count("(") == bracket.count(")"):
                call.append(entries(bracket))
                bracket = None
        else:
            call.append(token[1] if isinstance(token, tuple) else token)
    return calls


def entries(tokens):
    """@((Entry 'name' 'sid' Kind 0xMASK), ...)"""
    flat = [t[1] if isinstance(t, tuple) else t for t in tokens]
    found, i = [], 1
    while i < len(flat) - 1:
        if tokens[i] != "(" or tokens[i + 1] != "Entry" or tokens[i + 6] != ")":
            fail("this is no list of entries: " + repr(flat))
        found.append(tuple(flat[i + 2 : i + 6]))
        i += 7
        if tokens[i] == ",":
            i += 1
    return found


def expect_powershell(plan):
    accounts = {p["name"]: p for p in plan["principals"]}
    pools = {p["name"]: p for p in plan["pools"]}
    group = next(p for p in plan["principals"] if p["kind"] == "group")
    applications = {location(a): a for a in plan["applications"]}
    acls = {a["path"]: a for a in plan["acls"]}
    registry = {r["principal"]: r for r in plan["registry"]}

    def account(name):
        return "" if accounts[name]["kind"] == "virtual" else name

    def flag(yes):
        return "$true" if yes else "$false"

    calls = []
    for step in plan["steps"]:
        kind, _, what = step["key"].partition(" ")
        head = [step["key"], step["text"]]
        if kind == "account":
            calls.append(["Account", *head, what])
        elif kind == "member":
            calls.append(["Member", *head, what, group["sid"]])
        elif kind == "pool":
            calls.append(["Pool", *head, what, account(pools[what]["identity"]), pools[what]["runtime"]])
        elif kind == "acl":
            acl = acls[what]
            calls.append(
                ["Acl", *head, what, flag(acl["inheritance"] == "cut"), flag(acl["created"])]
                + [[(e["principal"], e["sid"] or "", e["access"].capitalize(), hex(e["mask"])) for e in acl["entries"]]]
            )
        elif kind == "registry":
            one = registry[what]
            key = one["key"].removeprefix("HKEY_LOCAL_MACHINE\\")
            calls.append(["Registry", *head, key, what, one["sid"] or "", hex(one["mask"])])
        elif kind == "templates":
            calls.append(["Templates", *head, what, applications[what]["templateCache"]])
        elif kind == "anonymous":
            one = applications[what]
            user = "" if one["anonymousUser"] == pools[one["pool"]]["identity"] else one["anonymousUser"]
            calls.append(["Anonymous", *head, what, user])
        elif kind == "compression":
            server = what == "*"
            on = not server and applications[what]["compression"]
            calls.append(["Compression", *head, "" if server else what, flag(on)])
        elif kind == "assign":
            one = applications[what]
            calls.append(["Assignment", *head, one["site"], one["path"], one["pool"]])
        else:
            fail("a step of an unknown kind: " + step["key"])
    return calls


def location(application):
    return application["site"] + ("" if application["path"] == "/" else application["path"])


def check_powershell(plan, folder):
    want = expect_powershell(plan)
    done = powershell_calls(folder + "/plan.ps1")
    asserts = [c for c in done if c[0].startswith("Assert-")]
    compare("plan.ps1", done[len(asserts) :], [["Set-Plan" + c[0], *c[1:]] for c in want])
    compare(
        "plan.ps1, what must be there",
        asserts,
        [["Assert-Application", a["site"], a["path"]] for a in plan["applications"] if a["pool"] is not None]
        + [["Assert-Path", a["path"]] for a in plan["acls"] if not a["created"]],
    )
    compare(
        "plan-undo.ps1", powershell_calls(folder + "/plan-undo.ps1"), [["Undo-Plan" + c[0], *c[1:]] for c in want[::-1]]
    )


# ---- cmd ----


def cmd_calls(path):
    """(routine, variables set since the start) of each call among the steps, as cmd would run them."""
    with open(path, "rb") as file:
        data = file.read()
    if data.count(b"\n") != data.count(b"\r\n"):
        fail(path + ": a line end without CR")
    text = data.decode("ascii")
    begin = text.index("|| exit /b 3\r\n", text.index("mkdir")) if "mkdir" in text else text.index("is not there& exit")
    begin = text.index("\r\n", begin) + 2
    calls, variables = [], {}
    for line in text[begin : text.index("if %TC_CHANGED%==0")].split("\r\n"):
        if line == "":
            continue
        if line.startswith("call :"):
            routine, _, rest = line[6:].partition(" ")
            if rest != "|| goto :failed" or not routine.replace("_", "").isalpha():
                fail("no call of a step: " + line)
            calls.append((routine, dict(variables)))
            continue
        # First percent signs, wherever they stand; then quotes: what stands in them is plain text.
        expanded, i = "", 0
        while i < len(line):
            if line[i] == "%":
                if line[i : i + 2] != "%%":
                    fail("a variable would be expanded: " + line)
                i += 1
            expanded += line[i]
            i += 1
        if not expanded.startswith('set "') or not expanded.endswith('"') or expanded.count('"') != 2:
            fail("neither set nor call: " + line)
        name, sign, value = expanded[5:-1].partition("=")
        if sign == "" or not name.startswith("TC_"):
            fail("no variable is set: " + line)
        variables[name] = value
    return calls


def expect_cmd(plan):
    pools = {p["name"]: p for p in plan["pools"]}
    applications = {location(a): a for a in plan["applications"]}
    acls = {a["path"]: a for a in plan["acls"]}
    registry = {r["principal"]: r for r in plan["registry"]}
    group = next(p for p in plan["principals"] if p["kind"] == "group")
    calls = []
    for step in plan["steps"]:
        kind, _, what = step["key"].partition(" ")
        head = {"TC_TEXT": step["text"]}
        one = applications.get(what)
        place = {} if one is None else {"TC_SITE": one["site"], "TC_PATH": "" if one["path"] == "/" else one["path"]}
        if kind == "account":
            calls.append([("account", {**head, "TC_NAME": what})])
        elif kind == "member":
            calls.append([("member", {**head, "TC_NAME": what, "TC_GROUP": group["name"]})])
        elif kind == "pool":
            calls.append([("pool", {**head, "TC_POOL": what, "TC_NAME": pools[what]["identity"]})])
        elif kind == "acl":
            acl = acls[what]
            base = {**head, "TC_PATH": what, "TC_CUT": "1" if acl["inheritance"] == "cut" else "0"}
            base["TC_MAKE"] = "1" if acl["created"] else "0"
            group_of = [("acl_begin", base)]
            for e in acl["entries"]:
                rights = e["rights"].removeprefix("(OI)(CI)").strip("()")
                who = "*" + e["sid"] if e["sid"] else e["principal"]
                group_of.append(("acl_entry", {**base, "TC_WHO": who, "TC_KIND": e["access"], "TC_RIGHTS": rights}))
            calls.append(group_of + [("acl_end", base)])
        elif kind == "registry":
            key = registry[what]["key"].removeprefix("HKEY_LOCAL_MACHINE\\")
            calls.append([("registry", {**head, "TC_NAME": what, "TC_KEY": key})])
        elif kind == "templates":
            value = {"TC_PROPERTY": "AspDiskTemplateCacheDirectory", "TC_VALUE": one["templateCache"]}
            calls.append([("application", {**head, **place, **value})])
        elif kind == "anonymous":
            calls.append([("anonymous", {**head, **place, "TC_NAME": one["anonymousUser"]})])
        elif kind == "compression":
            calls.append([("metabase", {**head, "TC_VALUE": "False"})])
        elif kind == "assign":
            calls.append([("application", {**head, **place, "TC_PROPERTY": "AppPoolId", "TC_VALUE": one["pool"]})])
        else:
            fail("a step of an unknown kind: " + step["key"])
    return calls


def check_cmd(plan, folder):
    want = expect_cmd(plan)
    done = [c for c in cmd_calls(folder + "/plan.cmd") if not c[0].startswith("assert_")]
    undone = cmd_calls(folder + "/plan-undo.cmd")
    for name, have, expected in (("plan.cmd", done, want), ("plan-undo.cmd", undone, want[::-1])):
        flat = [call for calls in expected for call in calls]
        compare(name, [(r, {k: v.get(k) for k in e[1]}) for (r, v), e in zip(have, flat)], flat)
        if len(have) != len(flat):
            fail(f"{name}: {len(have)} calls instead of {len(flat)}")
        ids = [v["TC_ID"] for r, v in have if r not in ("acl_entry", "acl_end")]
        if len(set(ids)) != len(ids):
            fail(name + ": two steps share their files")
    if {v["TC_ID"] for _, v in done} != {v["TC_ID"] for _, v in undone}:
        fail("the undo looks for other files than the plan writes")


def compare(name, have, want):
    for i, (a, b) in enumerate(zip(have, want)):
        if a != b:
            fail(f"{name}: step {i}:\n  have {a}\n  want {b}")
    if len(have) != len(want):
        fail(f"{name}: {len(have)} steps instead of {len(want)}")


# ---- the plan itself ----


def check_plan(plan):
    """What holds for every plan."""
    for acl in plan["acls"]:
        whos = [(e["principal"].lower(), e["access"]) for e in acl["entries"]]
        if len(set(whos)) != len(whos):
            fail(acl["path"] + ": two entries for one principal")
        for e in acl["entries"]:
            if e["sid"] in ("S-1-1-0", "S-1-5-11", "S-1-5-32-545", "S-1-5-32-568") and e["access"] == "allow":
                fail(acl["path"] + ": rights for a group that others belong to")
            if not e["reasons"]:
                fail(acl["path"] + ": an entry without a reason")
        if acl["inheritance"] == "cut" and not {"S-1-5-18", "S-1-5-32-544"} <= {e["sid"] for e in acl["entries"]}:
            fail(acl["path"] + ": administration is locked out")
    keys = [s["key"] for s in plan["steps"]]
    if len(set(keys)) != len(keys):
        fail("two steps have one key")


def main():
    schema_path, folder = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    with open(folder + "/plan.json", encoding="utf-8") as file:
        plan = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    for error in list(jsonschema.Draft7Validator(schema).iter_errors(plan))[:3]:
        fail("plan.json: " + "/".join(map(str, error.path)) + ": " + error.message)
    check_plan(plan)
    if os.path.exists(folder + "/plan.ps1"):
        check_powershell(plan, folder)
    else:
        check_cmd(plan, folder)


main()
