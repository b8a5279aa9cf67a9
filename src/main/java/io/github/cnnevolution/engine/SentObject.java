package io.github.cnnevolution.engine;

import io.github.cnnevolution.text.Text;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.util.Arrays;

/**
 * An object of a program's own, of which executors make copies. It travels as bytes, which any
 * machine can compare, and whose class is not needed until a copy is made.
 */
final class SentObject implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String setting;
  private final String name;
  private final byte[] bytes;

  private SentObject(String setting, String name, byte[] bytes) {
    this.setting = setting;
    this.name = name;
    this.bytes = bytes;
  }

  /**
   * Takes a copy of an object.
   *
   * @param setting that has it as its value
   * @param name of the object
   * @throws SettingException if it cannot be sent
   */
  static SentObject of(String setting, String name, Object object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    } catch (NotSerializableException e) {
      throw new SettingException(
          setting,
          name,
          Text.format(
              "is Java of your own, and %s does not implement java.io.Serializable, so that no executor of a cluster can get it; let it do so, or train on this machine",
              e.getMessage()));
    } catch (IOException e) {
      throw new SettingException(
          setting, name, "cannot be sent to the executors of a cluster: " + e.getMessage());
    }
    return new SentObject(setting, name, bytes.toByteArray());
  }

  /**
   * Makes a copy.
   *
   * @throws SettingException if this process does not have its class
   */
  <T> T copy(Class<T> type) {
    try (ObjectInputStream in = new OfTheThread(new ByteArrayInputStream(bytes))) {
      return type.cast(in.readObject());
    } catch (ClassNotFoundException e) {
      throw new SettingException(
          setting,
          name,
          Text.format(
              "its class %s is not there; give all machines the jar that has it (spark.jars, or spark.executor.extraClassPath)",
              e.getMessage()));
    } catch (IOException e) {
      throw new SettingException(
          setting,
          name,
          Text.format("its class differs (%s); give all machines the same jar", e.getMessage()));
    }
  }

  /** Finds classes where the thread does: those that were sent with a program are not elsewhere. */
  private static final class OfTheThread extends ObjectInputStream {
    OfTheThread(InputStream in) throws IOException {
      super(in);
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(
            description.getName(), false, Thread.currentThread().getContextClassLoader());
      } catch (ClassNotFoundException e) {
        return super.resolveClass(description);
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SentObject that
        && setting.equals(that.setting)
        && name.equals(that.name)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
