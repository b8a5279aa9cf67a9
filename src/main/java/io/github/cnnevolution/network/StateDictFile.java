package io.github.cnnevolution.network;

import io.github.cnnevolution.files.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * PyTorch's file format for a state_dict, version 3: a zip without compression that holds a pickle
 * of the structure and one entry with the raw little-endian bytes of each tensor (PyTorch, {@code
 * torch/csrc/jit/serialization/} and {@code torch/serialization.py}).
 *
 * <p>LibTorch's own {@code pickle_save} writes a dictionary type that {@code
 * torch.load(weights_only=True)} refuses; this writes what {@code torch.save(model.state_dict())}
 * writes.
 */
final class StateDictFile {
  private static final String ROOT = "archive/";

  /** Where TorchScript puts files of the user's own. */
  private static final String ORIGIN = "extra/cnn_evolution.txt";

  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int EXTRA_HEADER_BYTES = 4;

  /**
   * Early, but not the first time that a zip can hold: to that Java would add a field of its own.
   */
  private static final LocalDateTime WRITTEN = LocalDateTime.of(1980, 2, 1, 0, 0);

  private StateDictFile() {}

  /**
   * Writes tensors, which must be contiguous and in main memory, float32 or int64.
   *
   * @param origin a note for {@link #origin(Path)}; PyTorch passes over it
   */
  static void write(List<NamedTensor> tensors, String origin, OutputStream out) throws IOException {
    AlignedZip zip = new AlignedZip(out);
    zip.add("data.pkl", StateDictPickle.of(tensors));
    zip.add("byteorder", ascii("little"));
    for (int i = 0; i < tensors.size(); i++) {
      zip.add("data/" + i, new TensorBytes(tensors.get(i).tensor()));
    }
    zip.add("version", ascii("3\n"));
    zip.add(ORIGIN, ascii(origin));
    zip.finish();
  }

  /** The note that was written with the tensors; empty if there is no such file, or no note. */
  static Optional<String> origin(Path file) {
    try (FileSystem zip = open(file)) {
      return Optional.of(new String(read(entry(zip, ORIGIN)), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads what {@link #write} has written into tensors like those: not any file that PyTorch would
   * read. Each byte is covered by a checksum of the zip.
   *
   * @throws IOException if the file cannot be read, is damaged or holds other tensors; some of the
   *     tensors may have changed
   */
  static void read(Path file, List<NamedTensor> tensors) throws IOException {
    try (FileSystem zip = open(file)) {
      if (!Arrays.equals(read(entry(zip, "data.pkl")), StateDictPickle.of(tensors))) {
        throw new IOException(file + " holds the weights of another network");
      }
      for (int i = 0; i < tensors.size(); i++) {
        Path entry = entry(zip, "data/" + i);
        TensorBytes bytes = new TensorBytes(tensors.get(i).tensor());
        if (Files.size(entry) != bytes.size()) {
          throw new IOException(file + " has a tensor of another size");
        }
        read(entry, bytes::readFrom);
      }
    }
  }

  /** Whether every byte of a file is as it was written, whatever weights it holds. */
  static boolean isWhole(Path file) {
    try (FileSystem zip = open(file);
        Stream<Path> entries = Files.walk(zip.getPath("/"))) {
      for (Path entry : (Iterable<Path>) entries.filter(Files::isRegularFile)::iterator) {
        read(entry, in -> in.transferTo(OutputStream.nullOutputStream()));
      }
      return true;
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  /** Opens a zip by its path: a ZipFile takes a File, which cannot express every name. */
  private static FileSystem open(Path file) throws IOException {
    try {
      return FileSystems.newFileSystem(file);
    } catch (ProviderNotFoundException e) {
      throw new IOException(file + " is no zip", e);
    }
  }

  private static byte[] read(Path entry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    read(entry, in -> in.transferTo(bytes));
    return bytes.toByteArray();
  }

  private static Path entry(FileSystem zip, String name) throws IOException {
    Path entry = zip.getPath("/" + ROOT + name);
    if (!Files.isRegularFile(entry)) {
      throw new IOException("there is no " + name + " in " + zip);
    }
    return entry;
  }

  /** Reads an entry to its end and compares its checksum. */
  private static void read(Path entry, Reading reading) throws IOException {
    long expected = (Long) Files.getAttribute(entry, "zip:crc");
    try (CheckedInputStream in = new CheckedInputStream(Files.newInputStream(entry), new CRC32())) {
      reading.from(in);
      if (in.getChecksum().getValue() != expected) {
        throw new IOException(
            entry.getFileSystem() + " is damaged in " + entry.toString().substring(1));
      }
    }
  }

  private interface Reading {
    void from(InputStream in) throws IOException;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * A zip of stored entries whose data start at multiples of 64 bytes, so that readers may map them
   * into memory.
   */
  private static final class AlignedZip {
    private final ZipOutputStream zip;
    private long position;

    AlignedZip(OutputStream out) {
      this.zip = new ZipOutputStream(out);
      zip.setMethod(ZipOutputStream.STORED);
    }

    void add(String name, byte[] data) throws IOException {
      add(name, data.length, out -> out.write(data));
    }

    void add(String name, TensorBytes data) throws IOException {
      add(name, data.size(), data::writeTo);
    }

    private void add(String name, long size, AtomicFile.Content data) throws IOException {
      // The header of a stored entry says its checksum, so the data are gone through twice.
      CheckedOutputStream checked =
          new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
      data.writeTo(checked);
      ZipEntry entry = new ZipEntry(ROOT + name);
      entry.setSize(size);
      entry.setCrc(checked.getChecksum().getValue());
      // The same weights are the same file, whenever it is written.
      entry.setTimeLocal(WRITTEN);
      long header = position + LOCAL_HEADER_BYTES + entry.getName().length() + EXTRA_HEADER_BYTES;
      int padding = (int) Math.floorMod(-header, (long) ALIGNMENT);
      entry.setExtra(padding(padding));
      zip.putNextEntry(entry);
      data.writeTo(zip);
      zip.closeEntry();
      position = header + padding + size;
    }

    void finish() throws IOException {
      zip.finish();
    }

    /** An extra field under the identifier {@code FB}, as PyTorch pads its own files. */
    private static byte[] padding(int bytes) {
      return ByteBuffer.allocate(EXTRA_HEADER_BYTES + bytes)
          .order(ByteOrder.LITTLE_ENDIAN)
          .put((byte) 'F')
          .put((byte) 'B')
          .putShort((short) bytes)
          .array();
    }
  }
}
