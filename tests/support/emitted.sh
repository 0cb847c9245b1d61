# shellcheck shell=sh
# Which files tests/schema/run and tests/mono/run look at. Sourced.

# files_in PATTERN PATH...: files of that name, one a line; a PATH that is a file is itself looked at.
policy_files() { find "$@" -type f -name '*trust.config' | LC_ALL=C sort; }
config_files() { find "$@" -type f \( -name web.config -o -name machine.config \) | LC_ALL=C sort; }

# each_line COMMAND < LIST: COMMAND LINE for every line; names may hold blanks.
each_line() {
    while IFS= read -r line; do
        "$@" "$line"
    done
}
