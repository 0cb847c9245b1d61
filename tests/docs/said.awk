# Which required words a page does not say: awk -f said.awk REQUIRED PAGE. REQUIRED is what words.awk prints.
# A section lasts to the next heading of its own rank or a higher one. Prints what is missing; exit 1 then.

function note(place, section, line,   list, count, k) {
    gsub(/[^A-Za-z0-9_.$-]+/, " ", line)
    count = split(line, list, " ")
    for (k = 1; k <= count; k++) {
        seen[place, section, list[k]] = 1
        sub(/\.+$/, "", list[k])
        seen[place, section, list[k]] = 1
    }
}

FILENAME == ARGV[1] { required[$0] = 1; next }

/^```/ {
    fence = fence ? 0 : 1
    tested = fence && /^```trust/
    next
}

/^#/ && !fence {
    match($0, /^#+/)
    rank = RLENGTH
    title = substr($0, rank + 2)
    gsub(/`/, "", title)
    seen["heading", "-", title] = 1
    for (r = rank; r <= 6; r++)
        sections[r] = ""
    sections[rank] = title
}

{
    note("text", "-", $0)
    for (r = 1; r <= 6; r++)
        if (sections[r] != "") {
            note("text", sections[r], $0)
            if (tested)
                note("example", sections[r], $0)
        }
}

END {
    for (line in required) {
        split(line, part, "\t")
        if (!((part[1], part[2], part[3]) in seen)) {
            print "  " part[3] ": not in " (part[2] == "-" ? "the page" : "'" part[2] "'") \
                (part[1] == "text" ? "" : part[1] == "example" ? " in a tested example" : " as a heading")
            missing = 1
        }
    }
    exit missing
}
