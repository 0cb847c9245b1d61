# What grammar/REFERENCE.md has to say, from the tables: awk -f words.awk compiler/*/*.def grammar/trust.l
# Prints "PLACE<TAB>SECTION<TAB>WORD". PLACE is `text` for anywhere in the section, `example` for its tested examples,
# `heading` for a section of its own. SECTION is a heading's text, `-` for the whole page.

function need(place, section, words,   list, count, k) {
    count = split(words, list, " ")
    for (k = 1; k <= count; k++)
        print place "\t" section "\t" list[k]
}

# Arguments of a row; none of the texts that are used here holds a comma.
function arguments(   text) {
    text = $0
    sub(/^[A-Z_]+\(/, "", text)
    count_ = split(text, arg, /, */)
    for (k_ = 1; k_ <= count_; k_++) {
        gsub(/^"|"$|"\).*$|\)$/, "", arg[k_])
    }
}

/^TC_SETTING\(/ { arguments(); need("heading", "-", arg[2]) }
/^TC_GROUP\(/ { arguments(); need("example", "Code groups", arg[2]) }
/^TC_CONDITION\(/ { arguments(); need("example", "Code groups", arg[2]) }
/^TC_ARGUMENT\(/ { arguments(); if (arg[1] != "NULL") need("example", "Code groups", arg[1]) }
/^TC_TOKEN\(/ { arguments(); need("text", "Tokens", arg[2]) }
/^TC_LEVEL\(/ { arguments(); need("text", "-", arg[2]) }
/^TC_FRAMEWORK\(/ { arguments(); need("text", "framework", arg[2]) }
/^TC_RULE\(/ { arguments(); need("text", "accept", arg[3]) }
/^TC_BUILTIN_SET\(/ { arguments(); need("text", "Code groups", arg[2]) }
/^TC_ENUM\(/ { arguments(); enumeration = arg[1] }
/^TC_(VALUE|WORD)\(/ { arguments(); values[enumeration] = values[enumeration] " " arg[1] }

/^TC_CLASS\(/ {
    arguments()
    class = arg[2]
    need("heading", "-", class)
}

/^TC_FIELD\(/ {
    arguments()
    need("example", class, arg[2])
    if (arg[8] == "true")
        need("example", class, "all")
    used[class] = used[class] " " arg[6]
}

/^TC_FORM\(/ { arguments(); need("example", class, arg[2]) }

/^TC_COLUMN\(/ {
    arguments()
    if (arg[1] != "NULL")
        need("example", class, arg[1])
    used[class] = used[class] " " arg[6]
}

# Keywords, and the options of code groups.
/^"[a-z-]+" .*TC_TOK_/ {
    word = $1
    gsub(/"/, "", word)
    need("text", "-", word)
    if (/OPTION_NAME|DESCRIPTION|ATTRIBUTES|ACCESS/)
        need("example", "Code groups", word)
}

END {
    need("text", "Code groups", values["STATEMENT_ATTRIBUTES"] " " values["FILE_IO_ACCESS"] " " values["ZONE"])
    for (class in used) {
        n = split(used[class], ids, " ")
        for (i = 1; i <= n; i++)
            need("text", class, values[ids[i]])
    }
}
