package io.github.cnnevolution.training;

import io.github.cnnevolution.device.NativeOwner;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;

/**
 * An operator of LibTorch that has no function in C++, called through the dispatcher with boxed
 * values. The fused optimizers and the operators of loss scaling are of this kind. Not thread-safe.
 */
final class BoxedOperator implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final OperatorHandle operator;

  /**
   * Looks up an operator that has no overloads.
   *
   * @param name such as {@code aten::_fused_sgd_}
   * @throws RuntimeException if LibTorch has none of this name
   */
  BoxedOperator(String name) {
    this(name, "");
  }

  /**
   * Looks up one of several overloads.
   *
   * @param overload such as {@code List}
   * @throws RuntimeException if LibTorch has none of this name
   */
  BoxedOperator(String name, String overload) {
    try (PointerScope scope = new PointerScope()) {
      this.operator = owner.keep(Dispatcher.singleton().findSchemaOrThrow(name, overload));
    }
  }

  /**
   * Calls it for its effect.
   *
   * @param arguments all values of the schema, in its order, those with a default too
   */
  void call(IValue... arguments) {
    try (PointerScope scope = new PointerScope()) {
      IValueVector stack = new IValueVector();
      for (IValue argument : arguments) {
        stack.push_back(argument);
      }
      operator.callBoxed(stack);
    }
  }

  @Override
  public void close() {
    owner.close();
  }
}
