package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.evaluation.FitnessFunction;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/** A fitness function whose class no other class loader has, as in another program's jar. */
final class OtherClass {
  private static final String SOURCE =
      """
      public class OtherFitness
          implements io.github.cnnevolution.evaluation.FitnessFunction, java.io.Serializable {
        public String name() { return "other"; }
        public double fitness(io.github.cnnevolution.evaluation.TrainedCandidate candidate) {
          return 0.5;
        }
      }
      """;

  private final ClassLoader loader;

  OtherClass() throws Exception {
    Path directory = Files.createTempDirectory("other");
    Path source = directory.resolve("OtherFitness.java");
    Files.writeString(source, SOURCE, StandardCharsets.UTF_8);
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                Path.of(
                        FitnessFunction.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString(),
                "-d",
                directory.toString(),
                source.toString());
    assertEquals(0, failed);
    this.loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass().getClassLoader());
  }

  ClassLoader loader() {
    return loader;
  }

  FitnessFunction fitness() throws Exception {
    return (FitnessFunction) loader.loadClass("OtherFitness").getConstructor().newInstance();
  }
}
