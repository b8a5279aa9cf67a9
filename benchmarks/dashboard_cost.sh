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
# without; the quartiles of the ratios say how much of their median is noise. Where that is larger than the cost, CPU times
# say it: those of the page's own threads, and of all that are not workers, the compiler and the collector included, with the
# page more than without.
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

# Notes again and again how long the process has computed, how long of it in workers, and how long in the page's threads, in
# nanoseconds, as long as workers live. With what the shell has built in: a process for each thread that is looked at would cost
# more than the page.
watch_threads() { # PID
  local thread name time stat workers page ticks
  ticks=$(getconf CLK_TCK)
  while kill -0 "$1" 2>/dev/null; do
    workers=0 page=0
    for thread in /proc/"$1"/task/*; do
      read -r name 2>/dev/null <"$thread/comm" || name=''
      case $name in
        worker-* | dashboard* | HTTP-Disp*)
          read -r time _ 2>/dev/null <"$thread/schedstat" || time=0
          if [[ $name == worker-* ]]; then workers=$((workers + time)); else page=$((page + time)); fi
          ;;
      esac
    done
    if ((workers > 0)) && read -r stat 2>/dev/null <"/proc/$1/stat"; then
      # shellcheck disable=SC2086
      set -- "$1" ${stat##*) }
      echo "$(((${13} + ${14}) * (1000000000 / ticks))) $workers $page" >"$work/cpu"
    fi
    sleep 0.5
  done
}

# Seconds of training, the sum over a run's candidates.
seconds() { # RUN [OPTION...]
  local run=$work/$1 pid
  shift
  rm -f "$work/cpu"
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

# Percent of the CPU time until the last training was nearly over: the page's threads; all that are not workers.
page_share() {
  awk '{ printf "%.3f\n", 100 * $3 / $1 }' "$work/cpu"
}

other_share() {
  awk '{ printf "%.3f\n", 100 * ($1 - $2) / $1 }' "$work/cpu"
}

without() { # NUMBER
  seconds "without$1" >>"$work/without"
  other_share >>"$work/other-without"
}

with() { # NUMBER
  # It listens from the first moment to the last.
  curl -sN --retry 1000 --retry-delay 1 --retry-connrefused --retry-max-time 60 "http://127.0.0.1:$port/events" \
    >"$work/events" 2>/dev/null &
  client=$!
  seconds "with$1" "--dashboard=$port" >>"$work/with"
  page_share >>"$work/share"
  other_share >>"$work/other-with"
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
  paste "$work/with" "$work/without" "$work/share" "$work/other-with" "$work/other-without" | tail -n 1 | awk -v i="$i" \
    '{ printf "pair %d: with %.2f s, without %.2f s, ratio %.4f; of the CPU time the page took %.3f %%, all but workers %.3f and %.3f %%\n", i, $1, $2, $1 / $2, $3, $4, $5 }'
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
echo "percent outside of workers, with less without: $(paste "$work/other-with" "$work/other-without" | awk '{ print $1 - $2 }' | quartiles)"
