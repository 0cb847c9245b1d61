# The rules of a bison grammar without their actions, tokens as a reader spells them: awk -f grammar.awk trust.y
# What stands in quotes is written so; words in capitals are classes of tokens.

FNR == 1 { part = 0 }

/^%token[ \t]/ && part == 0 {
    spelling = $0
    sub(/^[^"]*"/, "", spelling)
    sub(/".*/, "", spelling)
    tokens[$2] = spelling ~ /^'/ ? spelling : $2
}

/^%%/ {
    part++
    next
}

part == 1 {
    line = $0
    out = ""
    # Braces of actions nest and go over lines; comments do not nest.
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        two = substr(line, i, 2)
        if (comment) {
            if (two == "*/") {
                comment = 0
                i++
            }
        } else if (two == "/*") {
            comment = 1
            i++
        } else if (c == "{")
            depth++
        else if (c == "}")
            depth--
        else if (depth == 0)
            out = out c
    }
    sub(/[ \t]+$/, "", out)
    if (out ~ /^[ \t]*$/ || out ~ /^[ \t]*;$/)
        next
    if (out ~ /^[a-z_]+$/) {
        printf "%s%s\n", started ? "\n" : "", out
        started = 1
        next
    }
    n = split(out, words, /[ \t]+/)
    text = ""
    for (i = 1; i <= n; i++)
        if (words[i] != "")
            text = text (text == "" ? "" : " ") (words[i] in tokens ? tokens[words[i]] : words[i] == "%empty" ? "(nothing)" : words[i])
    if (text !~ /(^| )error( |$)/) # what the parser does after a mistake is no part of the language
        print "    " text
}
