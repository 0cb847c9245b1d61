#!/usr/bin/python3
"""readback.py PAGE ANSWERS: what a page of trustc report says is what `trustc isolate --format=json` says: every pair in every
layer, every finding with who takes part; its markup is closed, names nothing from elsewhere, and runs no script but its own."""
import base64
import hashlib
import html
import html.parser
import json
import re
import sys

text = open(sys.argv[1], encoding="utf-8", newline="").read()
answers = json.load(open(sys.argv[2], encoding="utf-8"))
faults = []


def expect(what, good):
    if not good:
        faults.append(what)


def visible(name):
    """As the page writes it: what nobody would see, by its number."""
    hidden = "\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\U000e0000-\U000e0fff"
    return re.sub("[" + hidden + "]", lambda found: "[U+%04x]" % ord(found.group()), name)


def ranges(packed):
    out = []
    for part in packed.split(",") if packed else []:
        first, _, last = part.partition("-")
        out += range(int(first), int(last or first) + 1)
    return out


def runs(packed):
    out = []
    for part in packed.split(",") if packed else []:
        value, _, count = part.partition("*")
        out += [int(value)] * int(count or 1)
    return out


class Markup(html.parser.HTMLParser):
    """Everything that is opened is closed, in order; what could fetch or run something."""
    void = {"meta", "input", "br", "hr", "img", "link"}

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.scripts, self.styles = [], set(), [], [], []
        self.shown, self.titles = [], []

    def handle_starttag(self, tag, attrs):
        for key, value in attrs:
            expect(f"<{tag} {key}> is nothing that the page writes", key in {"lang", "charset", "http-equiv", "content", "name", "class", "href",
                   "id", "aria-label", "aria-labelledby", "aria-hidden", "scope", "title", "tabindex", "role", "type"})
            if key == "id":
                expect(f"the id {value} is there twice", value not in self.ids)
                self.ids.add(value)
            if key == "href":
                self.links.append(value)
        expect(f"<{tag}> is nothing that the page writes", tag not in {"img", "link", "iframe", "object", "embed", "base", "form", "svg"})
        if tag == "script":
            self.scripts.append([dict(attrs).get("type"), ""])
        if tag == "style":
            self.styles.append("")
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag):
        expect(f"</{tag}> closes {self.open[-1:]} in line {self.getpos()[0]}", bool(self.open) and self.open.pop() == tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1][1] += data
        elif self.open and self.open[-1] == "style":
            self.styles[-1] += data
        else:
            self.shown.append(data)


markup = Markup()
markup.feed(text)
markup.close()
expect("elements are left open: " + " ".join(markup.open), not markup.open)
for link in markup.links:
    expect(f"the link {link} leads nowhere", link.startswith("#") and link[1:] in markup.ids)
expect("there is one style", len(markup.styles) == 1)
expect("there is one script beside the data", [kind for kind, _ in markup.scripts] in ([None], ["application/json", None]))
for content in [markup.styles[0], markup.scripts[-1][1]]:
    digest = "'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'"
    expect("the policy has no hash of what is there: " + digest, digest in text[:2000])
expect("nothing is fetched", not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|src=|https?://(?!www\d)[a-z]", markup.styles[0] + markup.scripts[-1][1]))
expect("no mark of direction is left", not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text))

if len(markup.scripts) == 2:
    data = json.loads(markup.scripts[0][1])
    names = data["names"]
    shown = "".join(markup.shown)
    for name in names:
        expect(f"{name} is in the text", name in shown)
    group_of = {member: group for group, packed in enumerate(data["groups"]) for member in ranges(packed)}
    expect("every application is in one group", sorted(group_of) == list(range(len(names))))
    rows = [runs(packed) for packed in data["rows"]]
    expect("the table is a square", {len(rows)} == {len(row) for row in rows} == {len(data["groups"])} or len(rows) == len(rows[0]))
    number = {name: index for index, name in enumerate(names)}
    counts, words = {}, data["verdicts"]
    for pair in answers["pairs"]:
        one, other = number[visible(pair["from"])], number[visible(pair["to"])]
        cell = rows[group_of[one]][group_of[other]]
        there = 0 < cell <= len(data["answers"])
        expect(f"{pair['from']} to {pair['to']} has an answer", there)
        if not there:
            continue
        answer = data["answers"][cell - 1]
        counts[cell] = counts.get(cell, 0) + 1
        got = {"cas": words[answer[0]], "accounts": words[answer[1]], "both": words[answer[2]], "open": answer[3] >= 5}
        expect(f"{pair['from']} to {pair['to']}: {got}, but {pair}", all(pair[key] == got[key] for key in got))
        # each finding of the answer holds for the pair, and none that holds is missing
        holds = [index for index, finding in enumerate(data["findings"]) if one in (finding[4] if isinstance(finding[4], set) else
                 finding.__setitem__(4, set(ranges(finding[4]))) or finding[4]) and (finding[6] is None or other in (finding[6] if
                 isinstance(finding[6], set) else finding.__setitem__(6, set(ranges(finding[6]))) or finding[6]))]
        expect(f"{pair['from']} to {pair['to']}: findings {holds}, but {answer[5]}", holds == [part[0] for part in answer[5]])
    for cell, count in counts.items():
        expect(f"answer {cell} is said to hold for {data['answers'][cell - 1][4]} pairs, not {count}", data["answers"][cell - 1][4] == count)
    # in these sources each application stands on a line of its own, policies before all of them and shares behind: what an
    # application may do is written there, or on its own line
    own = dict(re.findall(r'<th scope="row"><bdi class="app">([^<]*)</bdi> <span class="place">([^<]*)</span></th><td><a href="#may-', text))
    own = {html.unescape(name): html.unescape(place) for name, place in own.items()}
    lines = {int(place.rpartition(":")[2]) for place in own.values()}
    for finding in data["findings"]:
        for who, parts in [(finding[4], finding[5]), (finding[6], finding[7])]:
            who = sorted(who) if isinstance(who, set) else ranges(who) if who else []
            for index, part in zip(who, runs(parts)):
                place = data["places"][data["parties"][part - 1][1] - 1] if data["parties"][part - 1][1] else ""
                elsewhere = place.rpartition(":")[0] != own[names[index]].rpartition(":")[0] or int(place.rpartition(":")[2]) not in lines
                expect(f"{names[index]}: its part is at {place}", elsewhere or place == own[names[index]])
    expect("all findings are there", len(data["findings"]) == len(answers["findings"]))
    for finding, said in zip(data["findings"], answers["findings"]):
        expect("a finding is " + str(finding[:4]) + ", but " + said["rule"], data["rules"][str(finding[0])][1] == said["rule"])
        parts = runs(finding[5])
        froms = finding[4] if isinstance(finding[4], set) else set(ranges(finding[4]))
        expect(said["rule"] + ": who takes part", {visible(name) for name in said["froms"]} == {names[index] for index in froms})
        expect(said["rule"] + ": the part of each", len(parts) == len(said["froms"]))
        witness = data["parties"][parts[said["froms"].index(said["from"]["application"])] - 1]
        may = said["from"]["may"]
        expect(f"{said['rule']}: the witness {witness} is {may}", visible(may) == witness[0] or "possibly" in witness[0])
        if said["from"]["line"]:
            expect(f"{said['rule']}: its line", data["places"][witness[1] - 1].endswith(":" + str(said["from"]["line"])))

for fault in faults[:10]:
    print(fault)
sys.exit(1 if faults else 0)
