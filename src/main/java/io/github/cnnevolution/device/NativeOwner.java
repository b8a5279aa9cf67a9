package io.github.cnnevolution.device;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * Owns native objects that outlive the {@code PointerScope} in which they were created. Frees them
 * when closed.
 *
 * <p>A scope frees all objects created in it; pass objects that must survive to {@link #keep}. Not
 * thread-safe: use one thread at a time. A second close does nothing.
 */
public final class NativeOwner implements AutoCloseable {
  private final List<Pointer> kept = new ArrayList<>();

  /**
   * Takes ownership of {@code pointer}.
   *
   * @return the pointer, valid until this owner is closed
   */
  public <P extends Pointer> P keep(P pointer) {
    pointer.retainReference();
    kept.add(pointer);
    return pointer;
  }

  /** Frees all kept objects, the latest first. */
  @Override
  public void close() {
    for (int i = kept.size() - 1; i >= 0; i--) {
      kept.get(i).releaseReference();
    }
    kept.clear();
  }
}
