#!/usr/bin/env bash
# Builds libcnn-evolution-nvtx.so, for machines with NVTX's headers but without NVIDIA's library of it.
#   build.sh [OUT_DIR]     default: target/ of this repository, where --profile finds it beside the jar
# Needs gcc and the folder that holds nvtx3/nvToolsExt.h: the include folder of a CUDA toolkit, or
# target-linux-x64/nvtx/include of Nsight Systems. NVTX_INCLUDE names another.
set -euo pipefail

case ${1:-} in -*) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2 ;; esac
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../target}

fail() { echo "build.sh: $*" >&2; exit 2; }
command -v gcc >/dev/null || fail "needs gcc; without it, install NVIDIA's cuda-nvtx or Python's nvidia-nvtx instead"
include=
for folder in ${NVTX_INCLUDE:+"$NVTX_INCLUDE"} ${CUDA_HOME:+"$CUDA_HOME/include"} /usr/local/cuda/include \
    /usr/local/cuda-*/include /opt/nvidia/nsight-systems*/*/target-linux-x64/nvtx/include /usr/include; do
    [ -f "$folder/nvtx3/nvToolsExt.h" ] && include=$folder && break
done
[ -n "$include" ] || fail "no nvtx3/nvToolsExt.h in the usual places; name the folder that holds nvtx3/ in NVTX_INCLUDE"

mkdir -p "$out"
gcc -O2 -Wall -Wextra -fPIC -shared -isystem "$include" -o "$out/libcnn-evolution-nvtx.so" "$here/nvtx.c" -ldl
echo "$out/libcnn-evolution-nvtx.so, from $include/nvtx3"
