# Whether a policy file's text stays within what the framework's own XML reader and a conforming one read alike.
# The rules are the safe subset of the reader's description: no comment before the root, a declaration only with its
# encoding, no text, no CDATA, no processing instruction, only double quotes, < > & " escaped in values, no character
# references, comments without < > ". Prints what it finds; exit 1 when it found something.

function fault(what) {
    faults++
    printf("%sline %d: %s", (faults > 1) ? "; " : "", line, what)
}

{
    text = text $0 "\n"
}

END {
    line = 1 # of the piece being looked at
    sub(/^\357\273\277/, "", text)
    if (match(text, /^[ \t\r\n]*<\?xml [^>]*\?>/)) {
        declaration = substr(text, RSTART, RLENGTH)
        if (declaration !~ /^<\?xml version="1\.0" encoding="utf-8"\?>$/)
            fault("the declaration is " declaration)
        line += gsub(/\n/, "\n", declaration)
        text = substr(text, RSTART + RLENGTH)
    }
    while (text != "" && faults < 5) {
        if (substr(text, 1, 1) != "<") {
            if (!match(text, /^[^<]+/))
                break
            piece = substr(text, 1, RLENGTH)
            if (piece !~ /^[ \t\r\n]*$/)
                fault("text outside tags")
        } else if (substr(text, 1, 4) == "<!--") {
            if (!elements)
                fault("a comment before the root")
            end = index(text, "-->")
            if (!end) {
                fault("a comment without end")
                break
            }
            piece = substr(text, 5, end - 5)
            if (piece ~ /[<>"]/)
                fault("a comment with < > or \"")
            piece = substr(text, 1, end + 2)
        } else if (substr(text, 1, 2) == "<!" || substr(text, 1, 2) == "<?") {
            fault("a construct that is read differently: " substr(text, 1, 9))
            break
        } else if (match(text, /^<\/[A-Za-z_][A-Za-z0-9_.-]*>/)) {
            piece = substr(text, 1, RLENGTH)
        } else if (match(text, /^<[A-Za-z_][A-Za-z0-9_.-]*([ \t\r\n]+[A-Za-z_][A-Za-z0-9_.:-]*="[^"<>]*")*[ \t\r\n]*\/?>/)) {
            elements++
            piece = tag = substr(text, 1, RLENGTH)
            gsub(/&(lt|gt|amp|quot|apos);/, "", tag)
            if (tag ~ /&/)
                fault("an entity that is not read")
        } else {
            fault("not a plain tag: " substr(text, 1, 40))
            break
        }
        text = substr(text, length(piece) + 1)
        line += gsub(/\n/, "\n", piece)
    }
    if (faults) {
        printf "\n"
        exit 1
    }
}
