# shellcheck shell=bash source=lib.sh
# A copy of the demo's database, so that every run starts from the same state, served as
# by "make demo". Sourced after lib.sh, not run.

# make_demo_copy NAME: a database that ends with the script.
make_demo_copy() {
    COPY=$1
    COPY_SERVER=
    "$TOOLS/demo.sh" --prepare
    copy_db demo "$COPY"
    trap remove_demo_copy EXIT
}

# serve_demo_copy PORT LOG: the server writes its address once it answers.
serve_demo_copy() {
    local port=$1 log=$2
    "$PYTHON_BIN" "$TOOLS/demo_server.py" "$port" "$COPY" "$TOOLS/demo-logins.txt" \
        >"$log" 2>&1 &
    COPY_SERVER=$!
    until grep -q "^http://" "$log"; do
        kill -0 "$COPY_SERVER" 2>/dev/null || die "the server has ended" "$(tail "$log")"
        sleep 0.5
    done
    export JOURNEY_URL=http://localhost:$port
}

remove_demo_copy() {
    if [[ -n $COPY_SERVER ]]; then
        kill "$COPY_SERVER" 2>/dev/null || true
        wait "$COPY_SERVER" 2>/dev/null || true
    fi
    drop_db "$COPY" 2>/dev/null
}
