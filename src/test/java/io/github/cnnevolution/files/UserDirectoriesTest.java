package io.github.cnnevolution.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserDirectoriesTest {
  @TempDir private Path directory;
  private final String home = System.getProperty("user.home");
  private final String temporary = System.getProperty("java.io.tmpdir");

  @BeforeEach
  void useTheDirectory() {
    System.setProperty("java.io.tmpdir", directory.toString());
  }

  @AfterEach
  void restore() {
    System.setProperty("user.home", home);
    System.setProperty("java.io.tmpdir", temporary);
  }

  @ParameterizedTest
  @ValueSource(strings = {"?", "relative", "/nowhere/at/all"})
  void whatIsNoDirectoryIsNoHome(String value) {
    System.setProperty("user.home", value);
    assertEquals(Optional.empty(), UserDirectories.home());
    Path instead = UserDirectories.homeOrTemporary();
    assertTrue(instead.startsWith(directory), instead.toString());
  }

  @Test
  void theTemporaryDirectoryIsPrivateAndStays() throws IOException {
    Path first = UserDirectories.temporary();
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(first)));
    assertEquals(first, UserDirectories.temporary());
  }

  @Test
  void aTemporaryDirectoryThatOthersMayWriteIsRefused() throws IOException {
    Path made = UserDirectories.temporary();
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThrows(IOException.class, UserDirectories::temporary);
  }

  @Test
  void aLinkInPlaceOfTheTemporaryDirectoryIsRefused() throws IOException {
    Path made = UserDirectories.temporary();
    Files.delete(made);
    Files.createSymbolicLink(made, Files.createDirectory(directory.resolve("trap")));
    assertThrows(IOException.class, UserDirectories::temporary);
  }
}
