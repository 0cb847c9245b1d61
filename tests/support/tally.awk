# Adds up what the tests of one ctest run say ("NAME: N passed, N failed", the last such line of each test).
# A test that says nothing counts as one. status: ctest's exit code.

function settle() {
    if (name == "")
        return
    if (!said)
        good ? passed++ : failed++
    else {
        passed += p
        failed += f
        if (!good && f == 0)
            failed++ # it died after its last word
    }
    name = ""
}

/^[0-9]+\/[0-9]+ Testing: / {
    settle()
    name = $3
    said = good = p = f = 0
}

/^([a-zA-Z0-9_.-]+: )?[0-9]+ passed, [0-9]+ failed$/ {
    said = 1
    p = $(NF - 3)
    f = $(NF - 1)
}

/^Test Passed\.$/ {
    good = 1
}

END {
    settle()
    if (status != 0 && failed == 0)
        failed = 1
    printf "%d passed, %d failed\n", passed, failed
}
