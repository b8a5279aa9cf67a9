package io.github.cnnevolution.network;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message in the wire format of Protocol Buffers (protobuf.dev, "Encoding"): fields one after the
 * other, each a tag of number and type, then its value. What little of it ONNX needs.
 *
 * <p>Holds its parts unjoined, so that weights are not copied once more at each level of nesting.
 */
final class ProtobufMessage {
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED_32 = 5;
  private static final int SEVEN_BITS = 0x7f;

  private final List<byte[]> parts = new ArrayList<>();
  private long size;

  /** Appends an int32, int64 or enum. */
  ProtobufMessage integer(int field, long value) {
    return add(varints(tag(field, VARINT), value));
  }

  /** Appends a float. */
  ProtobufMessage real(int field, float value) {
    add(varints(tag(field, FIXED_32)));
    return add(
        ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
  }

  /** Appends a string. */
  ProtobufMessage text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Appends bytes, which are not copied. */
  ProtobufMessage bytes(int field, byte[] value) {
    add(varints(tag(field, LENGTH_DELIMITED), value.length));
    return add(value);
  }

  /** Appends a message, which is complete. */
  ProtobufMessage message(int field, ProtobufMessage value) {
    add(varints(tag(field, LENGTH_DELIMITED), value.size));
    value.parts.forEach(this::add);
    return this;
  }

  /** Writes the message, without a length before it. */
  void writeTo(OutputStream out) throws IOException {
    for (byte[] part : parts) {
      out.write(part);
    }
  }

  private ProtobufMessage add(byte[] part) {
    parts.add(part);
    size += part.length;
    return this;
  }

  private static long tag(int field, int type) {
    return (long) field << 3 | type;
  }

  /** Seven bits a byte, the lowest first; the eighth says that more follow. */
  private static byte[] varints(long... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (long value : values) {
      long rest = value;
      while ((rest & ~SEVEN_BITS) != 0) {
        out.write((int) ((rest & SEVEN_BITS) | (SEVEN_BITS + 1)));
        rest >>>= 7;
      }
      out.write((int) rest);
    }
    return out.toByteArray();
  }
}
