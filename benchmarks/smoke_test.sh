#!/usr/bin/env bash
# Runs every benchmark of target/benchmarks.jar once, as short as it goes: whether they work, not how fast.
set -euo pipefail
cd "$(dirname "$0")/.."

# In one process, cold; -foe ends it at the first benchmark that throws.
java -Djmh.ignoreLock=true -jar target/benchmarks.jar -foe true -v SILENT -f 0 -wi 0 -i 1 -r 1ms \
  -p network=w16-k2-relu-d -p precision=fp32 -p batchSize=64 -p workers=2 -p threads=1 -p side=2048 -p rows=1000 \
  -p weights=1048576 -rf csv -rff target/benchmarks-smoke.csv

# A row for each of them: a benchmark that silently vanished would pass otherwise.
java -jar target/benchmarks.jar -l | grep '^io' | while read -r name; do
  grep -q "\"$name\"" target/benchmarks-smoke.csv || {
    echo "no result of $name" >&2
    exit 1
  }
done

# The commands of the documents: JMH reads their options, and finds benchmarks and parameters of these names.
grep -h '^java -jar target/benchmarks.jar' benchmarks/README.md src/docs/*.md | sed 's/ \+#.*//' | while read -r command; do
  bash -c "$command -lp" </dev/null >target/benchmarks-found.txt
  grep -q '^io' target/benchmarks-found.txt || {
    echo "no benchmark for: $command" >&2
    exit 1
  }
  for parameter in $(grep -o -- '-p [A-Za-z]*=' <<<"$command" | sed 's/-p //; s/=//'); do
    grep -q "param \"$parameter\"" target/benchmarks-found.txt || {
      echo "no parameter $parameter for: $command" >&2
      exit 1
    }
  done
done

# The replay of a table that was made up: the best of twelve networks, the largest, is found by all algorithms.
replay() { java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.PlainReplay "$@"; }
replay names 12 | awk '
  BEGIN { print "phenotype,chromosome,flops,parameters,accuracy" }
  { printf "%s,,0,0,%.2f\n", $1, NR / 100 }' >target/plain-12.csv
replay replay target/plain-12.csv 20 >target/plain-12.md
awk -F '|' '
  NR > 2 { rows++; for (i = 3; i <= 4; i++) if ($i + 0 < 1 || $i + 0 > 12) { print "not found: " $0; exit 1 } }
  END { if (rows < 9) { print "too few algorithms: " rows; exit 1 } }' target/plain-12.md

# Made-up trainings: ours is as accurate after 14.1 s, between two schedules, as the Python after 56.6 s; and after 10 s of 20 s.
printf '%s\n' program,network,epochs,seed,seconds,accuracy ours,a,1,1,10,0.1 ours,a,2,1,20,0.2 ours,b,1,1,10,0.3 \
  python,a,2,1,22.6,0.05 python,a,5,1,56.568,0.15 python,b,5,1,20,0.2 >target/times.csv
java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.TimeToAccuracy table target/times.csv >target/times.md
grep -q '^| a |.* 4.00 | 4.00 |$' target/times.md && grep -q '^| geometric mean of 2 of 2 .*2\.83' target/times.md || {
  cat target/times.md >&2
  exit 1
}

# Made-up trainings again: one schedule has the order of the longest, the other one its reverse.
{
  echo schedule,network,fitness,test_accuracy,seconds
  for i in 1 2 3 4 5; do
    echo "--epochs 1,n$i,0.$((9 - i)),0.1,1" && echo "--epochs 2,n$i,0.$i,0.1,2" && echo "--epochs 9,n$i,0.$i,0.$i,9"
  done
} >target/ranks.csv
java -cp target/benchmarks.jar io.github.cnnevolution.report.ShortTrainings table target/ranks.csv >target/ranks.md
grep -q '^| `--epochs 1` | -1.00 (-1.00 to .* 10.00 % | 1.0 |$' target/ranks.md && grep -q '^| `--epochs 2` | 1.00 .* 50.00 % | 2.0 |$' target/ranks.md || {
  cat target/ranks.md >&2
  exit 1
}

# A made-up program that finds two networks, and then nothing until it is killed.
cat >target/made-up-search.sh <<'END'
case "$*" in
  *--chromosomes*) sed 's/$/ acc 0.25/' "${@: -1}" ;;
  *) echo "01 acc 0.10" && sleep 1 && echo "10 params 7 acc 0.30 loss 1.5" && sleep 600 ;;
esac
END
rm -f target/searches.csv target/tests.csv
equal_time() {
  java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.EqualTime "$@" --split none --seeds 1 --seconds 4 \
    --program 'made-up=bash target/made-up-search.sh'
}
equal_time run target/searches.csv
equal_time test target/searches.csv target/tests.csv
equal_time table target/searches.csv target/tests.csv >target/searches.md
grep -q '^| made-up | 2 | 30.0 | 25.00 | 25.00 |$' target/searches.md && grep -q '^made-up,1,4.0,2.0,10,0.3$' target/searches.csv &&
  [ "$(wc -l <target/searches.csv)" = 4 ] && [ "$(wc -l <target/tests.csv)" = 3 ] || {
  cat target/searches.csv target/tests.csv target/searches.md >&2
  exit 1
}

# The profile of a search: the worker's time has parts, and the stacks of the workers have that time too.
rm -rf target/profiled-run
java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.SearchProfile target/profile.txt evolve --data synthetic --train_limit 500 \
  --epochs 2 --pop_size 2 --generations 1 --max_flops 60M --workers 1 --out target/profiled-run >target/profile.md
awk -F '|' -v stacks="$(awk '/^workers;/ { sum += $NF } END { print sum / 1000 }' target/profile.txt)" '
  /^. (training|validation)/ { parts++; if (!($4 > 0)) none++ }
  /^. [a-z]/ { all += $3 }
  END { if (parts != 6 || none > 1 || !(all > 1 && stacks > 0.9 * all && stacks < 1.1 * all)) { print all, stacks; exit 1 } }' target/profile.md || {
  cat target/profile.md target/profile.txt >&2
  exit 1
}

# No step is faster than its roofline. The rest is what the step takes beyond its operations: in a noisy step, less than nothing.
java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.StepRoofline 64 w16-k2-relu-d >target/roofline.md
awk -F '|' '
  /^$/ { kinds = 1 }
  /^. w16/ && !kinds { rows++; if (!($9 > 1 && $10 > 1)) { print "faster than possible: " $0; exit 1 } }
  /^. w16/ && kinds { parts++; if (!($5 > 0) && $3 !~ /the rest/) { print "takes no time: " $0; exit 1 } }
  END { if (rows != 1 || parts < 5) exit 1 }' \
  target/roofline.md || {
  cat target/roofline.md >&2
  exit 1
}

# A run that trains nothing: every part is measured, and a page gets far less than the whole document.
java -cp target/benchmarks.jar io.github.cnnevolution.report.RunGrowth 100 >target/growth.md
awk -F '|' '
  NR > 2 { rows++; gsub(",", ""); if (!($4 > 0)) { print "not measured: " $0; exit 1 }; value[$2] = $4 }
  END { if (rows < 12 || value[" bytes sent to each page "] * 20 > value[" its bytes "]) { print "rows: " rows; exit 1 } }' target/growth.md || {
  cat target/growth.md >&2
  exit 1
}

# Ten GPUs, simulated: none is used for more than all of its time.
java -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.ClusterScale 30 8 2 0.12 10 >target/cluster.md
awk -F '|' 'NR > 2 { rows++; if (!($4 > 0.5 && $4 <= 1)) { print "in use: " $4; exit 1 } } END { if (rows != 3) exit 1 }' target/cluster.md || {
  cat target/cluster.md >&2
  exit 1
}

java -javaagent:target/benchmarks.jar -cp target/benchmarks.jar io.github.cnnevolution.benchmarks.NativeShare w16-k2-relu-d 16 1
