#!/usr/bin/env bash
# Ours against a Python program that does the same, in turn on the same cores: medians and their ratios.
#
#   compare_with_python.sh throughput --python COMMAND --data DIR [OPTION...]   images/s of each chromosome, one core
#   compare_with_python.sh evolution  --python COMMAND --data DIR [OPTION...]   candidates/hour of a whole run, two workers
#
#   --python COMMAND     the program with the options that tune it, as one argument: 'python3 evolution.py --bf16 --fused'
#   --data DIR           CIFAR-100 in the binary version, or a sample of it
#   --chromosomes FILE   one a line (the six of the accuracy table in src/docs/benchmarks.md)
#   --repetitions N      runs of each side (3)
#   --images N           training images (2560; evolution 2000)
#   --batch_size N       ours (128; evolution: our default)
#   --options OPTIONS    further ones of ours, as one argument: '--optimizer sgd'
#   --cores LIST         for taskset (0; evolution 0,1)
#   --jar FILE           ours (target/cnn-evolution.jar)
#   --prefix COMMAND     in front of both sides, such as 'chrt -r 10'
#
# The Python program takes --data, --epochs, --train_limit, --workers, --threads, --seed, --batch_size and either
# --chromosomes or --pop_size and --generations; it prints a line a candidate, the chromosome first and somewhere "img/s NUMBER".
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2
  exit 2
}

mode=${1:-}
case $mode in
  throughput) images=2560 batch=128 cores=0 ;;
  evolution) images=2000 batch='' cores=0,1 ;;
  *) usage ;;
esac
shift
python='' data='' chromosomes='' options='' repetitions=3 jar=target/cnn-evolution.jar prefix=''
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
    --python) python=$2 ;;
    --data) data=$2 ;;
    --chromosomes) chromosomes=$2 ;;
    --repetitions) repetitions=$2 ;;
    --images) images=$2 ;;
    --batch_size) batch=$2 ;;
    --options) options=$2 ;;
    --cores) cores=$2 ;;
    --jar) jar=$2 ;;
    --prefix) prefix=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[ -n "$python" ] && [ -n "$data" ] || usage

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

median() {
  sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# Runs a command on the cores; what it said is shown only if it fails.
on_cores() {
  # shellcheck disable=SC2086
  $prefix taskset -c "$cores" "$@" >"$work/out" 2>"$work/err" || {
    cat "$work/out" "$work/err" >&2
    exit 1
  }
}

ours_throughput() { # FILE SEED
  # shellcheck disable=SC2086
  on_cores java -jar "$jar" evaluate --json --chromosomes "$1" --data "$data" --epochs 1 --train_limit "$images" \
    --batch_size "$batch" --workers 1 --gpus none --seed "$2" $options
  sed -n 's/.*"images_per_second":\([0-9.eE+]*\).*/\1/p' "$work/out"
}

python_throughput() { # FILE SEED
  # shellcheck disable=SC2086
  on_cores $python --chromosomes "$1" --data "$data" --epochs 1 --train_limit "$images" --workers 1 --threads 1 --seed "$2" \
    --batch_size 128
  sed -n 's/.*img\/s \([0-9.]*\).*/\1/p' "$work/out"
}

throughput() {
  if [ -z "$chromosomes" ]; then
    chromosomes=$work/chromosomes
    printf '%s\n' 00000000000000000000 00001000000010000000 01010010000001000000 10011011000010100000 \
      11001000000010010000 11010001000011110000 >"$chromosomes"
  fi
  printf '%-24s %10s %10s %8s\n' chromosome ours python ratio
  while read -r chromosome; do
    echo "$chromosome" >"$work/one"
    : >"$work/ours"
    : >"$work/python"
    for ((i = 1; i <= repetitions; i++)); do
      ours_throughput "$work/one" "$i" >>"$work/ours"
      python_throughput "$work/one" "$i" >>"$work/python"
    done
    awk -v c="$chromosome" -v a="$(median <"$work/ours")" -v b="$(median <"$work/python")" \
      'BEGIN { printf "%-24s %10.1f %10.1f %8.3f\n", c, a, b, a / b }' | tee -a "$work/table"
  done < <(grep -v '^[[:space:]]*$' "$chromosomes")
  awk '{ s += log($4) } END { printf "geometric mean of the ratios: %.3f\n", exp(s / NR) }' "$work/table"
}

seconds_of() {
  local start
  start=$(date +%s.%N)
  on_cores "$@"
  echo "$start $(date +%s.%N)" | awk '{ print $2 - $1 }'
}

evolution() {
  : >"$work/ours"
  : >"$work/python"
  local common=(--data "$data" --pop_size 10 --generations 10 --epochs 1 --train_limit "$images")
  for ((i = 1; i <= repetitions; i++)); do
    # shellcheck disable=SC2086
    seconds_of java -jar "$jar" "${common[@]}" ${batch:+--batch_size "$batch"} --workers 2 --gpus none --seed "$i" \
      --out "$work/run$i" $options >>"$work/ours"
    # shellcheck disable=SC2086
    seconds_of $python "${common[@]}" --workers 2 --threads 1 --seed "$i" >>"$work/python"
    echo "seed $i: ours $(tail -n 1 "$work/ours") s, python $(tail -n 1 "$work/python") s"
  done
  # 100 candidates a run, those that need no training included.
  awk -v a="$(median <"$work/ours")" -v b="$(median <"$work/python")" \
    'BEGIN { printf "candidates an hour: ours %.0f, python %.0f, ratio %.2f\n", 360000 / a, 360000 / b, b / a }'
}

"$mode"
