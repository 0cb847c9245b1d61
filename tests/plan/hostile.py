#!/usr/bin/python3
"""hostile.py SEED IIS: a source whose names are chosen to break out of quotes. ASCII alone for IIS 6.0."""
import random
import re
import sys

seed, iis = int(sys.argv[1]), sys.argv[2]
rng = random.Random(seed)
plain = "$`%^!'#@(){}~+-_.,= aZ09"
more = "" if iis == "6.0" else "\u2018\u2019\u201a\u201b\u201c\u201dÄé漢\U0001f600"
pieces = ["'", "''", "%PATH%", "%%", "^^", "!x!", "$(x)", "$env:x", "`n", "-Force", "--", "%~dp0", "&&" "", "'; x '", "@x"]


def name(without, longest, first=""):
    out = first
    wanted = rng.randint(1, longest)
    while len(out) < wanted:
        out += rng.choice(pieces) if rng.random() < 0.3 else rng.choice(plain + more)
    out = "".join(c for c in out[:longest] if c not in without)
    out = out.strip(" .")
    return out or "x"


def utf16(text):
    return len(text.encode("utf-16-le")) // 2


def account(n):
    user = name('"/\\[]:;|=,+*?<>@&', 12)
    while utf16(user) > 17:
        user = user[:-1].strip(" .") or "x"
    return "WEB01\\" + user + str(n)


def text(value):
    return '"' + value.replace('"', '""') + '"'


# No path has what IIS would compare as it stands: T0115.
def location(value):
    return text(re.sub("%(?=[0-9A-Fa-f]{2})", "^", value))


bad_path = '"/\\:;|*?<>$&'
print(f'server web01 {{ framework 2.0; iis {iis}; trust medium; compression {rng.choice(["off", "only A0", "except A1"])}; }}')
for n in range(6):
    here = name(bad_path, 20)
    print(f"application A{n} {{")
    print(f"    location {location('Site ' + name(bad_path + '{}', 10) + '/' + name(bad_path, 12) + str(n))};")
    print(f"    root {text(chr(68) + ':' + chr(92) + str(n) + here)};")
    pool = name('|<>&"/\\', 30) + str(n)
    if iis in ("6.0", "7.0") or rng.random() < 0.5:
        print(f"    pool {text(pool)} identity {text(account(n))};")
    else:
        print(f"    pool {text(pool)};")
    if rng.random() < 0.7:
        print(f"    anonymous {text(account(n + 10))};")
    if rng.random() < 0.5:
        print(f"    temporary {text('E:' + chr(92) + str(n) + name(bad_path, 12))};")
    if rng.random() < 0.5:
        print(f"    templates {text('F:' + chr(92) + str(n) + name(bad_path, 12))};")
    if rng.random() < 0.5:
        print("    impersonate on;")
    for _ in range(rng.randint(0, 3)):
        verbs = ", ".join(rng.sample(["read", "write", "append", "discover"], rng.randint(1, 4)))
        path = "G:\\" + "\\".join(name(bad_path, 6) for _ in range(rng.randint(1, 3)))
        print(f"    grant FileIO {{ {verbs} {text(path)}; }}")
    if rng.random() < 0.3:
        print('    grant EventLog { machine "." Administer; }')
    print("}")
