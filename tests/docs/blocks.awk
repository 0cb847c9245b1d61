# The fenced blocks of a Markdown page: awk -v dir=DIR -f blocks.awk PAGE
# Writes the lines of block N to DIR/N and prints "N LINE KIND WORDS...", LINE being that of the opening fence.

/^```/ && !inside {
    inside = 1
    n++
    info = substr($0, 4)
    print n, FNR, info == "" ? "-" : info
    file = dir "/" n
    printf "" > file
    next
}

/^```/ {
    inside = 0
    close(file)
    next
}

inside { print > file }

END {
    if (inside) # an open fence swallows the rest of the page
        print n + 1, FNR, "unclosed"
}
