# shellcheck shell=sh
# shellcheck disable=SC2034 # what is set here is for the scripts
# What tests that are scripts have in common. Sourced; then $place is a folder of their own that goes when they end, and
# tally() is their last command.
passed=0
failed=0
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT

# begin TRUSTC ROOT: whole paths for $trustc and $root ('' is the tree of this script, $tests its tests), the settings of
# whoever runs it away, and into $place.
begin() {
    trustc=$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd -P)/$(basename -- "$1")
    root=$(CDPATH='' cd -- "${2:-$tests/..}" && pwd -P)
    unset NO_COLOR COLUMNS
    LC_ALL=C.UTF-8
    export LC_ALL
    cd "$place" || exit 1
}

good() { passed=$((passed + 1)); }
bad() { # WHAT [SAID]
    failed=$((failed + 1))
    printf 'FAILED %s\n' "$1"
    [ -z "${2-}" ] || printf '%s\n' "$2"
}

# verdict WHAT COMMAND...: one test; what the command prints says why it failed.
verdict() {
    verdict_what=$1
    shift
    if said=$("$@" 2>&1); then good; else bad "$verdict_what" "$said"; fi
}

# refused WHAT WORDS COMMAND...: it fails, and what it says holds WORDS, so that it fails for the reason meant.
refused() {
    refused_what=$1
    refused_words=$2
    shift 2
    if said=$("$@" 2>&1); then
        bad "$refused_what: it passes" "$said"
        return
    fi
    case $said in
    *"$refused_words"*) good ;;
    *) bad "$refused_what" "expected: $refused_words
got: $said" ;;
    esac
}

# spoil SOUND SPOILT SED: SPOILT is SOUND after the edit, which has to find something there; else a failure, and false.
spoil() {
    sed "$3" "$1" >"$2"
    if [ ! -s "$1" ]; then
        bad "$1 is empty: nothing to spoil by $3"
    elif cmp -s "$1" "$2"; then
        bad "this edit of $1 changes nothing: $3"
    else
        return 0
    fi
    return 1
}

# tally NAME: the last line, which scripts/test adds up. No test at all is a failure too.
tally() {
    echo "$1: $passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
