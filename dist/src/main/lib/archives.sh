# Read by bin/carillon: archives of what a JVM knew of the classes at the end of a run, so that the
# next one need not find it out again. They hold for one JDK and this very folder, and lie in its
# cache/. A JVM that cannot use one goes on without.

# Sets jdk to what tells this JDK from others; empty if it can have no archives.
know_jdk() {
  jdk=
  if [ -r "$java_home/release" ]; then
    jdk=$(cksum <"$java_home/release")
    jdk=$java_version-${jdk%% *}
  fi
  # The options that use one and make one.
  if [ "$java_version" -ge 25 ]; then
    use=-XX:AOTCache
    make=-XX:AOTCacheOutput
  else
    use=-XX:SharedArchiveFile
    make=-XX:ArchiveClassesAtExit
  fi
}

# use_archive KIND: adds the archive for client or server to the options, if there is one that is
# younger than all that it was made of. Files of a distribution bear the same date in every build,
# so the JVM's own look at them is not enough.
use_archive() {
  archive=$CARILLON_HOME/cache/$1-$jdk
  [ -f "$archive" ] || return 0
  [ -z "$(find "$CARILLON_HOME/lib" -cnewer "$archive" 2>/dev/null | head -n 1)" ] || return 0
  archive_option=$use=$archive
  # No word about one that does not fit; other warnings to stderr.
  options="$options -Xlog:disable -Xlog:all=warning:stderr -Xlog:cds*=off:stderr"
  if [ "$java_version" -ge 25 ]; then options="$options -Xlog:aot*=off:stderr"; fi
}

# record KIND MAIN ARGUMENT...: a run whose JVM writes an archive as it ends. Settings of whoever
# prepares are not for it.
record() {
  options_of "$1"
  archive_option=$make=$work/$1
  options="$options -Xlog:disable"
  shift
  for name in $(env | sed -n 's/^\(CARILLON_[A-Z_]*\)=.*/\1/p') JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS; do
    [ "$name" = CARILLON_SERVER ] || unset "$name"
  done
  start "$jar" "$@"
}

# Makes both, of a cluster in a folder that is removed afterwards and of commands to it.
prepare() {
  cache=$CARILLON_HOME/cache
  if [ -z "$jdk" ]; then
    say "$java_home has no file named release, as a JDK has: nothing is prepared"
    return 1
  fi
  if ! mkdir -p "$cache" 2>/dev/null || [ ! -w "$cache" ]; then
    say "$cache cannot be written to: run this as who owns it"
    return 1
  fi
  : >"$cache/tried-$jdk"
  work=$cache/work-$$
  mkdir "$work"
  server=
  trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null; fi; rm -rf "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  say "preparing faster starts with Java $java_version; this takes up to a minute or two, once ..."
  (
    unset CARILLON_SERVER
    record server io.carillon.cli.Carillon dev --data-dir "$work/data" \
      --listen 127.0.0.1:0 --node-listen 127.0.0.1:0
  ) >"$work/log" 2>&1 &
  server=$!
  tries=0
  until grep -q 'Ctrl-C stops it' "$work/log" || [ $tries = 300 ]; do
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
    tries=$((tries + 1))
  done
  CARILLON_SERVER=$(sed -n 's/^  API  *//p' "$work/log")
  export CARILLON_SERVER
  (record client io.carillon.cli.Practice) >"$work/client.log" 2>&1 || true
  # A while of fires, ten a second.
  sleep 3
  kill "$server" 2>/dev/null || true
  wait "$server" || true
  server=
  for kind in client server; do
    if ! keep "$kind"; then
      cat "$work/log" "$work/client.log" >&2
      say "this could not be prepared: $kind; it runs all the same, and starts slower"
      return 1
    fi
  done
}

# Keeps the archive that was made, if a JVM starts with it: one that is broken off crashes some.
keep() {
  options_of "$1"
  # shellcheck disable=SC2086 # Options are words.
  [ -s "$work/$1" ] &&
    "$java_home/bin/java" $options -Xlog:disable "$use=$work/$1" -cp "$jar" \
      io.carillon.cli.Carillon version >/dev/null 2>&1 &&
    mv -f "$work/$1" "$cache/$1-$jdk"
}

# The same beside what the user wants: once, quietly, at the lowest priority.
prepare_beside() {
  [ -n "$jdk" ] && [ "${CARILLON_PREPARE:-true}" = true ] || return 0
  [ ! -e "$CARILLON_HOME/cache/tried-$jdk" ] || return 0
  mkdir -p "$CARILLON_HOME/cache" 2>/dev/null || return 0
  # Of two that come here at once, one goes on.
  (set -C && : >"$CARILLON_HOME/cache/tried-$jdk") 2>/dev/null || return 0
  nice -n 19 "$CARILLON_HOME/bin/carillon" prepare </dev/null >/dev/null 2>&1 &
}
