package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassNamesTest {
  /** In CIFAR-100, labels are in alphabetical order. */
  @Test
  void theNamesOfCifar100AreInOrder() {
    ClassNames names = ClassNames.ofCifar100();
    assertEquals(100, names.names().size());
    assertEquals(names.names().stream().sorted().distinct().toList(), names.names());
    assertEquals("apple", names.names().get(0));
    assertEquals("lawn_mower", names.names().get(41));
    assertEquals("worm", names.names().get(99));
  }

  @Test
  void readsTheFileNextToTheData(@TempDir Path directory) throws Exception {
    assertTrue(refusal(directory).contains("found nothing"), refusal(directory));
    Path file =
        Files.createDirectory(directory.resolve("cifar-100-binary"))
            .resolve("fine_label_names.txt");
    Files.write(file, Collections.nCopies(99, "name"));
    assertTrue(refusal(directory).contains("99 names"), refusal(directory));
    Files.writeString(file, String.join("\r\n", ClassNames.ofCifar100().names()) + "\n\n");
    assertEquals(ClassNames.ofCifar100(), ClassNames.read(directory, 100));
  }

  private static String refusal(Path directory) {
    return assertThrows(DatasetException.class, () -> ClassNames.read(directory, 100)).getMessage();
  }
}
