# shellcheck shell=sh
# shellcheck disable=SC2154 # $tests and $schemas are set by who sources this
# Whether a schema and tests/lint/validate.py see what is wrong. Sourced behind support/verdicts.sh.

# damage FORM WHAT WORDS SED: sound.json, a report of that form, is as it should be; after the edit it is refused with WORDS.
damage() {
    verdict "sound, before $2" /usr/bin/python3 "$tests/lint/validate.py" "$1" "$schemas" sound.json
    spoil sound.json damaged.json "$4" &&
        refused "$2" "$3" /usr/bin/python3 "$tests/lint/validate.py" "$1" "$schemas" damaged.json
}
