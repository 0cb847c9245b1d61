# Whether a recorded transcript fits the real one: awk -f match.awk RECORDED REAL
# A line of three dots alone stands for any number of lines. Says where they part; exit 1 then.

FILENAME == ARGV[1] { wanted[++m] = $0; next }
{ real[++n] = $0 }

END {
    i = j = 1
    dots = back = furthest = 0
    while (j <= n) {
        if (i <= m && wanted[i] == "...") {
            dots = i++
            back = j
        } else if (i <= m && wanted[i] == real[j]) {
            i++
            j++
        } else if (dots) {
            if (j > furthest) {
                furthest = j
                stuck = i
            }
            i = dots + 1
            j = ++back
        } else
            break
    }
    while (i <= m && wanted[i] == "...")
        i++
    if (i > m && j > n)
        exit 0
    if (stuck && stuck > i) {
        i = stuck
        j = furthest
    }
    printf "  recorded: %s\n  real:     %s\n", i <= m ? wanted[i] : "(the end)", j <= n ? real[j] : "(the end)"
    exit 1
}
