package io.github.cnnevolution.cuda;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a process asked of CUDA, in the order in which it asked: the trace of the recorder in {@code
 * native-config/cuda-recorder}, whose README explains the lines.
 *
 * @param calls ordered by time
 * @param threads the names of the threads that called, by number; Linux cuts them at 15 characters
 */
record CudaTrace(List<CudaCall> calls, Map<Integer, String> threads) {
  private static final JsonFactory JSON = new JsonFactory();

  CudaTrace {
    calls = List.copyOf(calls);
    threads = Map.copyOf(threads);
  }

  /** Reads a file. A last line that is cut off, as a killed process leaves it, is left out. */
  static CudaTrace read(Path file) throws IOException {
    Reading reading = new Reading();
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null) {
        String next = lines.readLine();
        try {
          reading.add(line);
        } catch (JsonParseException e) {
          if (next != null) {
            throw new IOException("not a line of a trace: " + line, e);
          }
        }
        line = next;
      }
    }
    return new CudaTrace(reading.calls, reading.threads);
  }

  /** The part of this trace for which {@code condition} holds. */
  CudaTrace only(Predicate<CudaCall> condition) {
    return new CudaTrace(calls.stream().filter(condition).toList(), threads);
  }

  /** What one device was asked to do. */
  CudaTrace ofDevice(int device) {
    return only(call -> call.device() == device);
  }

  /** The calls between two times, both included. */
  CudaTrace between(long from, long to) {
    return only(call -> call.time() >= from && call.time() <= to);
  }

  /** The launches of kernels and library functions. */
  CudaTrace launches() {
    return only(CudaCall::isLaunch);
  }

  /** The calls of the threads that train candidates. */
  CudaTrace ofWorkers() {
    return only(call -> isWorker(call.thread()));
  }

  /** Whether this is the thread of a worker. */
  boolean isWorker(int thread) {
    return threadName(thread).startsWith("worker-");
  }

  /** The name of a thread. */
  String threadName(int thread) {
    return threads.getOrDefault(thread, "?");
  }

  /** The names of the threads that made these calls. */
  Set<String> callers() {
    return calls.stream()
        .map(call -> threadName(call.thread()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The streams that these calls used. */
  Set<Integer> streams() {
    return calls.stream()
        .map(CudaCall::stream)
        .filter(stream -> stream >= 0)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The bytes of these calls together. */
  long bytes() {
    return calls.stream().mapToLong(CudaCall::bytes).sum();
  }

  /** How often each of these calls was made, for messages. */
  Map<String, Long> counts() {
    return calls.stream()
        .map(call -> threadName(call.thread()) + " " + call.kernel().orElse(call.name()))
        .collect(Collectors.groupingBy(key -> key, TreeMap::new, Collectors.counting()));
  }

  /** The most device memory that was taken from the driver at a time, in bytes. */
  long peakAllocated() {
    long allocated = 0;
    long peak = 0;
    for (CudaCall call : calls) {
      if (call.isAllocation() && call.error() == 0) {
        allocated += call.name().startsWith("cudaFree") ? -call.bytes() : call.bytes();
        peak = Math.max(peak, allocated);
      }
    }
    return peak;
  }

  /** The candidates that the workers trained, ordered by their start. */
  List<CandidateTrace> candidates() {
    Map<Integer, List<CudaCall>> byThread =
        ofWorkers().calls().stream()
            .collect(Collectors.groupingBy(CudaCall::thread, TreeMap::new, Collectors.toList()));
    return byThread.entrySet().stream()
        .flatMap(entry -> candidates(threadName(entry.getKey()), entry.getValue()))
        .sorted((a, b) -> Long.compare(a.start(), b.start()))
        .toList();
  }

  private static Stream<CandidateTrace> candidates(String worker, List<CudaCall> calls) {
    return CandidateTrace.split(calls).stream().map(part -> new CandidateTrace(worker, part));
  }

  /** Gathers lines. */
  private static final class Reading {
    private final List<CudaCall> calls = new ArrayList<>();
    private final Map<Integer, String> threads = new HashMap<>();
    private final Map<Integer, String> kernels = new HashMap<>();
    private final Map<String, String> strings = new HashMap<>();

    private void add(String line) throws IOException {
      Map<String, String> fields = fields(line);
      String name = fields.get("call");
      if (name.equals("thread")) {
        threads.put(number(fields, "tid"), fields.get("name"));
      } else if (name.equals("kernel")) {
        kernels.put(number(fields, "k"), fields.get("name"));
      } else if (fields.containsKey("t")) {
        calls.add(call(fields, name));
      }
    }

    private CudaCall call(Map<String, String> fields, String name) {
      return new CudaCall(
          Long.parseLong(fields.get("t")),
          number(fields, "tid"),
          number(fields, "dev"),
          shared(name),
          fields.containsKey("stream") ? number(fields, "stream") : -1,
          Long.parseLong(fields.getOrDefault("bytes", "0")),
          Optional.ofNullable(fields.get("kind")).map(this::shared),
          Boolean.parseBoolean(fields.get("pinned")),
          Boolean.parseBoolean(fields.get("sync")),
          launched(fields, name).map(this::shared),
          Boolean.parseBoolean(fields.get("capture")),
          Integer.parseInt(fields.getOrDefault("kernels", "0")),
          Integer.parseInt(fields.getOrDefault("error", "0")),
          shared(fields.getOrDefault("why", "")));
    }

    private Optional<String> launched(Map<String, String> fields, String name) {
      if (fields.containsKey("k")) {
        return Optional.of(kernels.get(number(fields, "k")));
      }
      boolean library =
          name.startsWith("cublas") || name.startsWith("cudnn") || name.startsWith("nccl");
      if ((library && fields.containsKey("stream")) || name.equals("cudaGraphLaunch")) {
        boolean plan = name.equals("cudnnBackendExecute");
        return Optional.of(plan ? name + ":" + fields.get("op") : name);
      }
      return Optional.empty();
    }

    private String shared(String text) {
      return strings.computeIfAbsent(text, key -> key);
    }

    private static int number(Map<String, String> fields, String name) {
      return Integer.parseInt(fields.get(name));
    }

    /** The scalar fields; what is nested, such as the grid of a launch, is left out. */
    private static Map<String, String> fields(String line) throws IOException {
      Map<String, String> fields = new HashMap<>();
      try (JsonParser parser = JSON.createParser(line)) {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          if (parser.nextToken().isScalarValue()) {
            fields.put(name, parser.getText());
          } else {
            parser.skipChildren();
          }
        }
      }
      return fields;
    }
  }
}
