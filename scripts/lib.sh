# shellcheck shell=sh
# What scripts/run, scripts/test and .ci/run share. Sourced, with $root set; leaves the working directory there.

cd "${root:?is set by the script that reads this file}" || exit 1
CDPATH='' export CDPATH
logs=$root/build/log
mkdir -p "$logs"
jobs=$(nproc 2>/dev/null || echo 2)

# step NAME COMMAND...: run quietly. One line on success; the whole log and the return value on failure.
step() {
    step_name=$1
    shift
    step_log=$logs/$(printf %s "$step_name" | tr -c 'a-zA-Z0-9.\n' '-').log
    step_start=$(date +%s)
    if "$@" >"$step_log" 2>&1 </dev/null; then
        printf '%-34s %4ds  ok\n' "$step_name" $(($(date +%s) - step_start))
        return 0
    else
        step_status=$?
    fi
    printf '%-34s %4ds  FAILED (exit %d); the whole log:\n' "$step_name" $(($(date +%s) - step_start)) "$step_status"
    cat "$step_log"
    printf '%s: end of the log (%s)\n' "$step_name" "$step_log"
    return "$step_status"
}

# configure PRESET [OPTION...]: with Ninja where there is one. A build folder keeps the generator that it was made
# with; one that was copied here with its checkout is made anew.
configure() {
    configure_dir=build
    [ "$1" = release ] || configure_dir=build-$1
    configure_cache=$configure_dir/CMakeCache.txt
    if [ -f "$configure_cache" ] && grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$configure_cache"; then
        cmake --preset "$@"
    elif command -v ninja >/dev/null; then
        cmake --preset "$@" --fresh -G Ninja
    else
        cmake --preset "$@" --fresh -G 'Unix Makefiles'
    fi
}

# compile DIR [OPTION...]
compile() {
    compile_dir=$1
    shift
    cmake --build "$compile_dir" --parallel "$jobs" "$@"
}

# The example that the README shows, compiled by the binary just built.
shared_hosting() {
    build/trustc build examples/shared-hosting/server.trust -o build/shared-hosting
}

# run_ctest DIR [OPTION...]: every test of a build folder. Leaves "N passed, N failed" in DIR/tally.
run_ctest() {
    ctest_dir=$1
    shift
    ctest_status=0
    # `ctest` without a terminal says no more than asked; its log has the output of every test.
    ctest --test-dir "$ctest_dir" --parallel "$jobs" --output-on-failure --no-tests=error "$@" || ctest_status=$?
    awk -v status="$ctest_status" -f tests/support/tally.awk "$ctest_dir/Testing/Temporary/LastTest.log" \
        >"$ctest_dir/tally" || ctest_status=1
    cat "$ctest_dir/tally"
    return "$ctest_status"
}
