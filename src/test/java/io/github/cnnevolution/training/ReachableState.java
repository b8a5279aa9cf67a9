package io.github.cnnevolution.training;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * What an object leads to, by its fields and theirs: the values of Java, the addresses of tensors,
 * and the states of random generators.
 *
 * <p>A CUDA graph holds the values and addresses that the recorded work had, whatever becomes of
 * the Java objects. Work that runs again on the CPU would read the new ones, so a comparison of two
 * such states finds what a graph would get wrong.
 */
final class ReachableState {
  private static final String PROGRAM = "io.github.cnnevolution.";

  // By class and name: Java state that work may change, for nothing that is launched depends on it.
  private static final Set<String> FREE =
      Set.of(
          // Batches are counted when the counts are read.
          "Network.uncountedBatches",
          // Counts the calls of one run of the work; drawing sets it back.
          "Dropout.nextPlace");

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, List<Byte>> randomStates = new LinkedHashMap<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Long> seenAddresses = new HashSet<>();

  /** Reads the state that {@code root} leads to now. */
  ReachableState(Object root) {
    try (PointerScope scope = new PointerScope()) {
      visit("", root);
    }
  }

  /** Returns values and addresses by the path of fields that leads to them. */
  Map<String, Object> values() {
    return values;
  }

  /** Returns the states of random generators. */
  Map<String, List<Byte>> randomStates() {
    return randomStates;
  }

  /** Returns the tensors, each memory once; references. */
  List<Tensor> tensors() {
    return tensors;
  }

  private void visit(String path, Object object) {
    if (object == null
        || object instanceof Number
        || object instanceof Boolean
        || object instanceof Character
        || object instanceof CharSequence
        || object instanceof Enum<?>) {
      values.put(path, String.valueOf(object));
    } else if (object instanceof Pointer pointer) {
      visitNative(path, pointer);
    } else if (object instanceof Optional<?> optional) {
      visit(path + "?", optional.orElse(null));
    } else if (!seen.add(object)) {
      values.put(path, "seen");
    } else if (object instanceof Collection<?> collection) {
      values.put(path + ".size", collection.size());
      int place = 0;
      for (Object element : collection) {
        visit(path + "[" + place++ + "]", element);
      }
    } else if (object instanceof Map<?, ?> map) {
      values.put(path + ".size", map.size());
    } else if (object.getClass().isArray()) {
      for (int i = 0; i < Array.getLength(object); i++) {
        visit(path + "[" + i + "]", Array.get(object, i));
      }
    } else if (object.getClass().getName().startsWith(PROGRAM)) {
      visitFields(path, object);
    }
  }

  private void visitFields(String path, Object object) {
    for (Class<?> type = object.getClass(); type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        String name = type.getSimpleName() + "." + field.getName();
        if (!Modifier.isStatic(field.getModifiers()) && !FREE.contains(name)) {
          field.setAccessible(true);
          try {
            visit(path + "/" + name, field.get(object));
          } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
          }
        }
      }
    }
  }

  private void visitNative(String path, Pointer pointer) {
    values.put(path, pointer.getClass().getSimpleName() + "@" + pointer.address());
    if (pointer instanceof Tensor tensor && tensor.defined()) {
      long memory = tensor.data_ptr().address();
      values.put(path + ".data", memory);
      if (seenAddresses.add(memory)) {
        tensors.add(tensor);
      }
    } else if (pointer instanceof Generator generator) {
      randomStates.put(path, bytes(generator));
    } else if (pointer instanceof GeneratorOptional optional && optional.has_value()) {
      randomStates.put(path, bytes(optional.get()));
    }
  }

  private static List<Byte> bytes(Generator generator) {
    Tensor state = generator.get_state();
    byte[] bytes = new byte[(int) state.numel()];
    state.data_ptr_byte().get(bytes);
    List<Byte> list = new ArrayList<>(bytes.length);
    for (byte b : bytes) {
      list.add(b);
    }
    return list;
  }
}
