# Read by bin/carillon, and by ./carillon in a checkout: finds a JDK, and starts a program with the
# options that suit it.

say() { printf 'carillon: %s\n' "$*" >&2; }

# Major version of the JDK or JRE in a folder; 0 if there is none. Read from its release file:
# starting it takes longer.
version_of() {
  version=0
  [ -x "$1/bin/java" ] || return 0
  if [ -r "$1/release" ]; then
    while IFS='="' read -r key _ value _; do
      [ "$key" != JAVA_VERSION ] || version=${value%%[!0-9]*}
    done <"$1/release"
  fi
  if [ "${version:-0}" = 0 ]; then
    version=$("$1/bin/java" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')
  fi
  version=${version:-0}
}

# newest LOWEST HIGHEST [javac]: sets best_home to the newest JDK within these versions, with a
# compiler if asked for; and best to its version, or 0.
newest() {
  best=0
  best_home=
  on_path=$(command -v java 2>/dev/null || true)
  if [ -n "$on_path" ]; then
    on_path=$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")
    on_path=${on_path%/bin/java}
  fi
  mac=
  if [ -x /usr/libexec/java_home ]; then mac=$(/usr/libexec/java_home 2>/dev/null || true); fi
  for home in /usr/lib/jvm/* /usr/java/* /opt/java/* "${HOME:-/nowhere}"/.sdkman/candidates/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${JAVA_HOME:-}" "$mac" "$on_path"; do
    if [ -z "$home" ] || { [ -h "$home" ] && [ "$home" != "${JAVA_HOME:-}" ]; }; then continue; fi
    if [ $# -gt 2 ] && [ ! -x "$home/bin/javac" ]; then continue; fi
    version_of "$home"
    if [ "$version" -ge "$1" ] && [ "$version" -le "$2" ] && [ "$version" -gt "$best" ]; then
      best=$version
      best_home=$home
    fi
  done
}

# Sets java_home and java_version to what runs Carillon.
choose_java() {
  if [ -n "${CARILLON_JAVA_HOME:-}" ]; then
    java_home=$CARILLON_JAVA_HOME
    version_of "$java_home"
    java_version=$version
    if [ "$java_version" -lt 17 ]; then
      say "CARILLON_JAVA_HOME=$java_home is no Java 17 or later"
      exit 1
    fi
    return
  fi
  newest 17 999
  java_home=$best_home
  java_version=$best
  if [ -z "$java_home" ]; then
    say "Java 17 or later is needed (found none); install one, or set CARILLON_JAVA_HOME"
    exit 1
  fi
}

# Sets options to what the JVM gets in any case, and to those of a kind: client, server.
options_of() {
  case $1 in
    # Lives too briefly for more, for counters of the JVM and for flight recordings of netty.
    client)
      options='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData'
      options="$options -Dio.grpc.netty.shaded.io.netty.jfr.enabled=false"
      ;;
    # A server that is out of memory would only seem to live: others take over when it has ended.
    server) options='-XX:+ExitOnOutOfMemoryError' ;;
    *) options= ;;
  esac
  # From 24 on, the JVM warns of what grpc's netty and protobuf do inside.
  if [ "$java_version" -ge 24 ]; then
    options="$options --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
  fi
}

# start CLASS_PATH MAIN ARGUMENT...: becomes that program, with $options for its JVM, and
# $archive_option if it is set.
start() {
  class_path=$1
  main=$2
  shift 2
  out=false
  err=false
  if [ -t 1 ]; then out=true; fi
  if [ -t 2 ]; then err=true; fi
  # By the locale the JVM reads arguments, variables and names of files; in the POSIX locale, which
  # is the default in containers, all but ASCII would be lost.
  if [ "$(locale charmap 2>/dev/null)" != UTF-8 ]; then
    LC_ALL=C.UTF-8
    export LC_ALL
  fi
  # shellcheck disable=SC2086 # Options are words.
  exec "$java_home/bin/java" $options ${archive_option:+"$archive_option"} \
    "-Dcarillon.stdout.terminal=$out" "-Dcarillon.stderr.terminal=$err" \
    ${CARILLON_JAVA_OPTS:-} -cp "$class_path" "$main" "$@"
}
