#!/usr/bin/env bash
# What the live page costs: the same run, in turn without it and with it and a client that listens.
#
#   dashboard_cost.sh [OPTION...]
#
#   --pairs N          runs of each side (7)
#   --train_limit N    training images (1000)
#   --pop_size N       chromosomes (8), trained for one generation and 2 epochs
#   --workers N        workers (2), on as many cores
#   --data DIR         the images (synthetic)
#   --port N           of the page (18765)
#   --jar FILE         the program (target/cnn-evolution.jar)
#   --prefix COMMAND   in front of both sides, such as 'chrt -r 10'
#
# A run's figure is the sum of its trainings' times in run.db, from `runs show --json`. Every run has the same seed and so
# the same trainings; which side begins changes from pair to pair. The ratio of a pair is its time with the page over that
# without; the quartiles of the ratios say how much of their median is noise. The CPU time of the page's own threads says
# what it costs where the noise is larger than that.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2
  exit 2
}

pairs=7 images=1000 population=8 workers=2 data=synthetic port=18765 jar=target/cnn-evolution.jar prefix=''
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
    --pairs) pairs=$2 ;;
    --train_limit) images=$2 ;;
    --pop_size) population=$2 ;;
    --workers) workers=$2 ;;
    --data) data=$2 ;;
    --port) port=$2 ;;
    --jar) jar=$2 ;;
    --prefix) prefix=$2 ;;
    *) usage ;;
  esac
  shift 2
done

work=$(mktemp -d)
client=''
trap '[ -z "$client" ] || kill "$client" 2>/dev/null || true; rm -rf "$work"' EXIT

# Notes the CPU time of the page's threads and of the whole process as long as it lives. With what the shell has built in: a
# process for each thread that is looked at would cost more than the page.
watch_threads() { # PID
  local thread name time stat
  while kill -0 "$1" 2>/dev/null; do
    for thread in /proc/"$1"/task/*; do
      read -r name 2>/dev/null <"$thread/comm" || name=''
      case $name in
        dashboard* | HTTP-Disp*)
          read -r time _ 2>/dev/null <"$thread/schedstat" || time=''
          [ -z "$time" ] || echo "${thread##*/} $time"
          ;;
      esac
    done >>"$work/threads"
    if read -r stat 2>/dev/null <"/proc/$1/stat"; then
      # shellcheck disable=SC2086
      set -- "$1" ${stat##*) }
      echo $((${13} + ${14})) >>"$work/process"
    fi
    sleep 1
  done
}

# Seconds of training, the sum over a run's candidates.
seconds() { # RUN [OPTION...]
  local run=$work/$1 pid
  shift
  : >"$work/threads"
  : >"$work/process"
  # shellcheck disable=SC2086
  $prefix java -jar "$jar" evolve --data "$data" --train_limit "$images" --epochs 2 --pop_size "$population" \
    --generations 1 --workers "$workers" --gpus none --seed 1 --out "$run" "$@" >"$work/out" 2>"$work/err" &
  pid=$!
  watch_threads "$pid"
  wait "$pid" || {
    cat "$work/out" "$work/err" >&2
    exit 1
  }
  java -jar "$jar" runs show --json "$run" | sed -n 's/.*"train_seconds" *: *\([0-9.eE+-]*\).*/\1/p' |
    awk '{ s += $1 } END { if (NR == 0) exit 1; printf "%.3f\n", s }'
}

# Percent of the process's CPU time that the page's threads took; the collector's and the compiler's share is not in it.
page_share() {
  awk -v all="$(tail -n 1 "$work/process")" -v ticks="$(getconf CLK_TCK)" '
    { last[$1] = $2 } END { for (t in last) s += last[t]; printf "%.3f\n", 100 * s / 1e9 / (all / ticks) }' "$work/threads"
}

without() { # NUMBER
  seconds "without$1" >>"$work/without"
}

with() { # NUMBER
  # It listens from the first moment to the last.
  curl -sN --retry 1000 --retry-delay 1 --retry-connrefused --retry-max-time 60 "http://127.0.0.1:$port/events" \
    >"$work/events" 2>/dev/null &
  client=$!
  seconds "with$1" "--dashboard=$port" >>"$work/with"
  page_share >>"$work/share"
  wait "$client" || true
  client=''
  grep -q '^event: data' "$work/events" || {
    echo "the client has heard nothing from port $port" >&2
    exit 1
  }
}

: >"$work/with"
: >"$work/share"
: >"$work/without"
for ((i = 1; i <= pairs; i++)); do
  if ((i % 2)); then
    without "$i"
    with "$i"
  else
    with "$i"
    without "$i"
  fi
  paste "$work/with" "$work/without" "$work/share" | tail -n 1 | awk -v i="$i" \
    '{ printf "pair %d: with %.2f s, without %.2f s, ratio %.4f; the page took %.3f %% of the CPU time\n", i, $1, $2, $1 / $2, $3 }'
done

quartiles() {
  sort -g | awk '
    { v[NR] = $1 }
    function at(q,  p, i) { p = 1 + q * (NR - 1); i = int(p); return v[i] + (p - i) * (i < NR ? v[i + 1] - v[i] : 0) }
    END { printf "median %.4f, quartiles %.4f and %.4f\n", at(0.5), at(0.25), at(0.75) }'
}

echo "with the page, s: $(quartiles <"$work/with")"
echo "without it, s:    $(quartiles <"$work/without")"
echo "ratio of a pair:  $(paste "$work/with" "$work/without" | awk '{ print $1 / $2 }' | quartiles)"
echo "percent of the CPU time in the page's threads: $(quartiles <"$work/share")"
