#!/usr/bin/python3
"""server.py SEED COUNT [chain|hostile]: a source with so many applications. Most are alike; some share a pool, a directory,
a registry key, are fully trusted, accept something, or say nothing of where they run. `chain`: no two are alike, each reads
what is the next one's. `hostile`: their names are chosen to end the markup, script or attribute that they stand in, and to
turn the direction of writing."""
import random
import sys

seed, count, kind = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""
rng = random.Random(seed)
nasty = ["</script><script>alert(1)</script>", "<!--", "-->", "]]>", "\"><img src=x onerror=alert(1)>", "' onfocus='alert(1)", "&lt;&amp;",
         "\u202eevil", "\u2066x", "\u200b", "javascript:alert(1)", "\u2028", "$(x)`x`", "{{x}}", "</title>", "\\u003c", "%3Cscript%3E", "漢字\U0001f600"]


def text(value):
    return '"' + value.replace('"', '""') + '"'


def name(i):
    if kind == "hostile":
        return text(rng.choice(nasty) + rng.choice(nasty) + str(i))
    return f"Site{i:03d}"


names = [name(i) for i in range(count)]
reason = text(rng.choice(nasty) if kind == "hostile" else "one product")
print(f"language 1;\nserver {text('web' + nasty[0]) if kind == 'hostile' else 'web01'} {{ framework 2.0; iis 10.0; trust medium; compression off; }}")
print(f"policy Reporting extends medium {{ grant OleDb unrestricted because {reason}; }}")
print('policy Writing extends medium { grant FileIO { write "D:\\Shared\\Drop"; } }')
print('policy Reading extends medium { grant FileIO { read "D:\\Shared\\Drop\\in"; } }')
print('policy Variables extends medium { grant Environment unrestricted; }')
print('policy Keys extends medium { grant Registry { read, write "HKEY_LOCAL_MACHINE\\SOFTWARE\\Acme"; } }')
for i in range(count):
    part = [f'location "Default Web Site/site{i:03d}"', f'root "D:\\Sites\\Site{i:03d}"', f'origin host "www{i:03d}.example.com"']
    part += [f'temporary "E:\\T\\{"all" if count < 200 and rng.random() < 0.2 else f"{i:03d}"}"', f'templates "E:\\A\\{i:03d}"', "authentication forms", f'anonymous "WEB01\\{"visitor" if count < 200 and rng.random() < 0.3 else f"anon{i:03d}"}"']
    odd = rng.random() if count < 200 else i % 97 / 97
    if odd < (0.02 if count >= 200 else 0.3):
        part += [f'pool {rng.choice(["Shared", "Second"])} identity "WEB01\\small"'] # two pools, one account
    elif odd < 0.96 or count >= 200:
        part += [f"pool Pool{i:03d}"]
    if kind == "chain":
        part += [f'grant FileIO {{ read "D:\\Sites\\Site{(i + 1) % count:03d}\\Public"; }}']
    else:
        policy = rng.choices(["", "Reporting", "Writing", "Reading", "Keys", "full", "Variables"], [90, 8, 1, 1, 1, 1, 0] if count >= 200 else [6, 2, 2, 2, 1, 2, 2])[0]
        part += [f"trust {policy}"] if policy else []
        if policy == "full" and rng.random() < 0.7:
            part += [f"accept full-trust because {reason} until 2030-01-01"]
        if policy == "Keys" and rng.random() < 0.5:
            part += [f"accept registry because {reason} until 2026-01-31"]
        if policy == "Writing" and rng.random() < 0.3:
            part += [f"accept file-overlap because {reason}"]
    print(f"application {names[i]} {{ {'; '.join(part)}; }}")
if count > 2 and kind != "chain":
    print(f'share "D:\\Stock" read between {names[0]}, {names[1]} because {reason} until 2026-06-30;')
