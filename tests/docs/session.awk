# The shell script that makes a transcript: awk -f session.awk BLOCK
# Commands are the lines that begin with "$ ". Each sees the exit status of the one before as $?.

/^\$ / {
    shown = $0
    gsub(/\047/, "\047\\\047\047", shown)
    print "rc=$?"
    print "printf \047%s\\n\047 \047" shown "\047"
    print "(exit \"$rc\")"
    print substr($0, 3)
}
