#!/usr/bin/env bash
# Measures every kernel of one training step with Nsight Compute.
#   kernels.sh [-o REPORT] [-s STEP] [-p PHASE] [-j JAR] [-- OPTIONS...]
#     -o REPORT   the report is REPORT.ncu-rep, its summary by kernel REPORT.txt (default: kernels)
#     -s STEP     which step of the run, counted from 1 (default: 11, when cuDNN has chosen its kernels)
#     -p PHASE    only this part of the step: augmentation, forward, backward or optimizer
#     -j JAR      the program (default: target/cnn-evolution-gpu.jar of this repository)
#     OPTIONS     of the command evaluate, instead of the candidate of candidate.txt on GPU 0; keep to one worker
# NCU names the program ncu if it is not on the PATH.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
usage() { sed -n '2,9s/^# \{0,1\}//p' "$0"; }
fail() { echo "kernels.sh: $*" >&2; exit 2; }

report=kernels step=11 phase= jar=$here/../../target/cnn-evolution-gpu.jar
while getopts :o:s:p:j:h option; do
    case $option in
        o) report=$OPTARG ;;
        s) step=$OPTARG ;;
        p) phase=$OPTARG ;;
        j) jar=$OPTARG ;;
        h) usage; exit 0 ;;
        :) fail "-$OPTARG needs a value; -h explains" ;;
        *) fail "unknown option -$OPTARG; -h explains" ;;
    esac
done
shift $((OPTIND - 1))
[[ $step =~ ^[1-9][0-9]*$ ]] || fail "-s '$step' must be a whole number of at least 1"
[[ $phase =~ ^(|augmentation|forward|backward|optimizer)$ ]] ||
    fail "-p '$phase' must be augmentation, forward, backward or optimizer"
[ $# -gt 0 ] || set -- --chromosomes "$here/candidate.txt" --gpus 0 --workers_per_gpu 1 --epochs 1 --train_limit 1280

ncu=${NCU:-ncu}
command -v "$ncu" >/dev/null ||
    fail "no $ncu; install Nsight Compute (it comes with the CUDA toolkit), or name its ncu in NCU"
[ -f "$jar" ] || fail "no $jar; build it with: mvn -B -q -Pgpu -DskipTests package"

# "step/" is a push/pop range anywhere on the stack, "step/forward" one directly inside of the other.
"$ncu" --nvtx --nvtx-include "step/$phase" --range-filter "::$step" --set detailed \
    --force-overwrite --export "$report" \
    java -jar "$jar" evaluate --profile "$@"
"$ncu" --import "$report.ncu-rep" --print-summary per-kernel >"$report.txt"
echo "$report.ncu-rep for the Nsight Compute window, $report.txt to read here"
