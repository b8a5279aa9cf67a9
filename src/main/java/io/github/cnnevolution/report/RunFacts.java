package io.github.cnnevolution.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the store of a run says about it beside its evaluations.
 *
 * @param createdMillis when the run was begun, since 1970
 * @param options what is needed to begin it again, by name: the value of each option that changes
 *     results, and of others those that were given
 * @param data name of the data set
 * @param trainDigest SHA-256 of its training file's images
 * @param testDigest SHA-256 of its test images
 * @param program version of this program
 * @param libtorch version of LibTorch
 * @param rules the {@link io.github.cnnevolution.evaluation.EvaluationKey#RULES} under which it was
 *     begun
 * @param generationsDone how many generations are complete
 * @param end how the run ended, once it has
 */
public record RunFacts(
    long createdMillis,
    Map<String, String> options,
    String data,
    String trainDigest,
    String testDigest,
    String program,
    String libtorch,
    int rules,
    int generationsDone,
    Optional<End> end) {
  /** The name under which {@link #options} is stored. */
  public static final String OPTIONS = "options";

  /** The name under which {@link #generationsDone} is stored. */
  public static final String GENERATIONS_DONE = "generations_done";

  private static final String FINISHED = "finished_generations";
  private static final String SUMMARY = "summary";

  /**
   * A run that is over.
   *
   * @param generations that it had
   * @param summary the table that was shown then
   */
  public record End(int generations, String summary) {
    /** As the store keeps it. */
    public Map<String, String> facts() {
      return Map.of(FINISHED, String.valueOf(generations), SUMMARY, summary);
    }
  }

  /** Copies the options. */
  public RunFacts {
    options = new LinkedHashMap<>(options);
  }

  /** As the store keeps them. */
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("created_ms", String.valueOf(createdMillis));
    facts.put(OPTIONS, json(options));
    facts.put("data", data);
    facts.put("data_train_sha256", trainDigest);
    facts.put("data_test_sha256", testDigest);
    facts.put("program", program);
    facts.put("libtorch", libtorch);
    facts.put("rules", String.valueOf(rules));
    facts.put(GENERATIONS_DONE, String.valueOf(generationsDone));
    end.ifPresent(e -> facts.putAll(e.facts()));
    return facts;
  }

  /** The text of {@link #options} in the store. */
  public static String json(Map<String, String> options) {
    return Json.line(options);
  }

  /**
   * What a store says.
   *
   * @throws IllegalArgumentException if something is missing or makes no sense
   */
  public static RunFacts of(Map<String, String> facts) {
    try {
      return new RunFacts(
          Long.parseLong(fact(facts, "created_ms")),
          new ObjectMapper().readValue(fact(facts, OPTIONS), new TypeReference<>() {}),
          fact(facts, "data"),
          fact(facts, "data_train_sha256"),
          fact(facts, "data_test_sha256"),
          fact(facts, "program"),
          fact(facts, "libtorch"),
          Integer.parseInt(fact(facts, "rules")),
          Integer.parseInt(fact(facts, GENERATIONS_DONE)),
          facts.containsKey(FINISHED)
              ? Optional.of(new End(Integer.parseInt(facts.get(FINISHED)), fact(facts, SUMMARY)))
              : Optional.empty());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("its options are no JSON", e);
    }
  }

  private static String fact(Map<String, String> facts, String name) {
    if (!facts.containsKey(name)) {
      throw new IllegalArgumentException("it has no " + name);
    }
    return facts.get(name);
  }
}
