#!/usr/bin/env bash
# Records a timeline of a short run with Nsight Systems, and prints its summaries.
#   timeline.sh [-o REPORT] [-r RANGE] [-j JAR] [-- OPTIONS...]
#     -o REPORT   the report is REPORT.nsys-rep (default: timeline)
#     -r RANGE    the NVTX range that is recorded: from where the first worker enters it to where it leaves
#                 (default: 'epoch 2', when everything is warm; 'run' for everything)
#     -j JAR      the program (default: target/cnn-evolution-gpu.jar of this repository)
#     OPTIONS     of the command evaluate, instead of the six candidates of candidates.txt on GPU 0
# NSYS names the program nsys if it is not on the PATH.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
usage() { sed -n '2,9s/^# \{0,1\}//p' "$0"; }
fail() { echo "timeline.sh: $*" >&2; exit 2; }

report=timeline range='epoch 2' jar=$here/../../target/cnn-evolution-gpu.jar
while getopts :o:r:j:h option; do
    case $option in
        o) report=$OPTARG ;;
        r) range=$OPTARG ;;
        j) jar=$OPTARG ;;
        h) usage; exit 0 ;;
        :) fail "-$OPTARG needs a value; -h explains" ;;
        *) fail "unknown option -$OPTARG; -h explains" ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- --chromosomes "$here/candidates.txt" --gpus 0 --epochs 2 --train_limit 6400

nsys=${NSYS:-nsys}
command -v "$nsys" >/dev/null ||
    fail "no $nsys; install Nsight Systems (package nsight-systems-cli of NVIDIA's repository), or name its nsys in NSYS"
[ -f "$jar" ] || fail "no $jar; build it with: mvn -B -q -Pgpu -DskipTests package"

# The program's range names are no registered strings, which nsys alone heeds by default.
# Without node, all kernels of a recorded step would be one bar.
"$nsys" profile --trace=cuda,nvtx,cudnn,cublas --cuda-graph-trace=node --sample=none --cpuctxsw=none \
    --capture-range=nvtx --nvtx-capture="$range" --capture-range-end=stop \
    --env-var=NSYS_NVTX_PROFILER_REGISTER_ONLY=0 \
    --force-overwrite=true --output="$report" \
    java -jar "$jar" evaluate --profile "$@"
"$nsys" stats --force-export=true --report nvtx_gpu_proj_sum --report cuda_gpu_kern_sum \
    --report cuda_gpu_mem_size_sum --report cuda_api_sum "$report.nsys-rep"
