package io.github.cnnevolution.device;

import io.github.cnnevolution.files.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * The native libraries in the jars of the class path, as JavaCPP would unpack them: below a
 * directory with the name of the jar, with the size and the time of the entry.
 */
final class NativeArchive {
  /** JavaCPP loads a copy of the first under the name of the second. */
  private static final Map<String, String> SECOND_NAMES =
      Map.of("libopenblas.so.0", "libopenblas_nolapack.so.0");

  private final List<Part> parts;

  /** A directory of a jar that holds libraries; the anchor is one of them. */
  private record Part(JarFile jar, JarEntry anchor) {
    String directory() {
      return anchor.getName().substring(0, anchor.getName().lastIndexOf('/') + 1);
    }

    Path target() {
      return Path.of(Path.of(jar.getName()).getFileName().toString(), directory());
    }
  }

  private NativeArchive(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /**
   * Finds the jars.
   *
   * @param anchors resources, one library of each directory; those that are not on the class path
   *     or not in a jar are left out
   */
  static NativeArchive of(List<String> anchors) throws IOException {
    List<Part> parts = new ArrayList<>();
    for (String anchor : anchors) {
      URL resource = NativeArchive.class.getResource(anchor);
      URLConnection connection = resource == null ? null : resource.openConnection();
      if (connection instanceof JarURLConnection jar) {
        parts.add(new Part(jar.getJarFile(), jar.getJarEntry()));
      }
    }
    return new NativeArchive(parts);
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /**
   * Returns a short name for these libraries: other versions, another name of the jar and another
   * time zone, in which JavaCPP reads the times of a jar differently, have another one.
   */
  String id() {
    MessageDigest digest = Sha256.begin();
    for (Part part : parts) {
      JarEntry anchor = part.anchor();
      String line = part.target() + " " + anchor.getCrc() + " " + anchor.getTime() + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return Sha256.hex(digest).substring(0, 12);
  }

  /**
   * Unpacks all libraries. Each is compared with the checksum in the jar.
   *
   * @param directory the cache directory of JavaCPP
   */
  void unpack(Path directory) throws IOException {
    for (Map.Entry<Path, Source> library : libraries().entrySet()) {
      Path target = directory.resolve(library.getKey());
      Files.createDirectories(target.getParent());
      try (CheckedInputStream in = new CheckedInputStream(library.getValue().open(), new CRC32())) {
        Files.copy(in, target);
        if (in.getChecksum().getValue() != library.getValue().entry().getCrc()) {
          throw new IOException(library.getValue().entry().getName() + " is damaged in the jar");
        }
      }
      Files.setLastModifiedTime(target, FileTime.fromMillis(library.getValue().entry().getTime()));
      String second = SECOND_NAMES.get(target.getFileName().toString());
      if (second != null) {
        Files.createLink(target.resolveSibling(second), target);
      }
    }
  }

  /** Returns whether a directory holds all libraries, byte for byte. */
  boolean isUnpacked(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    for (Map.Entry<Path, Source> library : libraries().entrySet()) {
      Path target = directory.resolve(library.getKey());
      JarEntry entry = library.getValue().entry();
      if (!matches(target, entry)) {
        return false;
      }
      String second = SECOND_NAMES.get(target.getFileName().toString());
      if (second != null && !matches(target.resolveSibling(second), entry)) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(Path file, JarEntry entry) throws IOException {
    if (!Files.isRegularFile(file)
        || Files.size(file) != entry.getSize()
        || Files.getLastModifiedTime(file).toMillis() != entry.getTime()) {
      return false;
    }
    try (InputStream content = Files.newInputStream(file);
        CheckedInputStream in = new CheckedInputStream(content, new CRC32())) {
      in.transferTo(OutputStream.nullOutputStream());
      return in.getChecksum().getValue() == entry.getCrc();
    }
  }

  /** Returns the bytes that all libraries take. */
  long bytes() {
    return libraries().values().stream().mapToLong(source -> source.entry().getSize()).sum();
  }

  private record Source(JarFile jar, JarEntry entry) {
    InputStream open() throws IOException {
      return jar.getInputStream(entry);
    }
  }

  /** By their path below the cache directory. */
  private Map<Path, Source> libraries() {
    Map<Path, Source> libraries = new LinkedHashMap<>();
    for (Part part : parts) {
      String directory = part.directory();
      part.jar().stream()
          .filter(entry -> isLibrary(entry, directory))
          .forEach(
              entry ->
                  libraries.put(
                      part.target().resolve(entry.getName().substring(directory.length())),
                      new Source(part.jar(), entry)));
    }
    return libraries;
  }

  private static boolean isLibrary(JarEntry entry, String directory) {
    String name = entry.getName();
    return name.startsWith(directory)
        && name.indexOf('/', directory.length()) < 0
        && name.contains(".so");
  }
}
