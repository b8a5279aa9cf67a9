#!/usr/bin/env bash
# The searches of src/docs/results.md: each gets the same time on the same two cores, with three seeds.
#
#   equal_time.sh run|test|table --data DIR --python PYTHON --evolution COMMAND [--seconds N] [--seeds N] [--jar FILE]
#                 [--only NAMES] [--name NAME] [--profiles DIR]
#
#   --data DIR           the whole of CIFAR-100 in the binary version
#   --python PYTHON      has PyTorch and Optuna
#   --evolution COMMAND  the genetic algorithm in Python, with the options that tune it, as one argument
#   --only NAMES         of these searches alone, separated by blanks, as one argument
#   --name NAME          of other files: searches-NAME.csv and tests-NAME.csv
#   --profiles DIR       where the time of our searches goes: a table, and stacks in a file of DIR
#
# run adds to searches.csv what is not there yet, test to tests.csv; both may be stopped. It needs target/benchmarks.jar.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
  sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//' >&2
  exit 2
}

case ${1:-} in run | test | table) step=$1 ;; *) usage ;; esac
shift
data='' python='' evolution='' seconds=720 seeds=3 jar=target/cnn-evolution.jar only='' name='' profiles=()
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
    --data) data=$2 ;;
    --python) python=$2 ;;
    --evolution) evolution=$2 ;;
    --seconds) seconds=$2 ;;
    --seeds) seeds=$2 ;;
    --jar) jar=$2 ;;
    --only) only=$2 ;;
    --name) name=-$2 ;;
    --profiles) profiles=(--profiles "$2") ;;
    *) usage ;;
  esac
  shift 2
done
files=("benchmarks/results/searches$name.csv")
[ "$step" = run ] || files+=("benchmarks/results/tests$name.csv")

equal_time() {
  java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.EqualTime "$@" --seconds "$seconds" --seeds "$seeds" --jar "$jar"
}

if [ "$step" = table ]; then
  equal_time table "${files[@]}"
  exit
fi
[ -n "$data" ] && [ -n "$python" ] && [ -n "$evolution" ] || usage
[ -e target/equal-time-data ] || equal_time split "$data" target/equal-time-data

# Depthwise convolutions are slow on a CPU, and a network of 60 MFLOP takes a core half a minute to two.
residual='--space residual --choices block=plain,residual,bottleneck --max_flops 60M --evaluations 100000'
others="$python benchmarks/python_searches.py --max_flops 60e6 --blocks plain,residual,bottleneck --jar $jar --algorithm"
compared=()
compare() {
  [ -n "$only" ] && [[ " $only " != *" ${2%%=*} "* ]] || compared+=("$@")
}
compare --program "python-genetic=$evolution --generations 100000"
compare --search 'genetic=--generations 100000'
compare --search 'random=--algorithm random --evaluations 100000'
compare --search "residual=$residual --algorithm steady --surrogate --early_stopping"
compare --search "residual-random=$residual --algorithm random"
compare --program "residual-python-optuna=$others optuna"
compare --program "residual-python-evolution=$others evolution"
equal_time "$step" "${files[@]}" --data "$data" --split target/equal-time-data "${profiles[@]}" "${compared[@]}"
