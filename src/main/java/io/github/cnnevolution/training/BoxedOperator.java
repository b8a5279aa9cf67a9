package io.github.cnnevolution.training;

import io.github.cnnevolution.device.NativeOwner;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/**
 * An operator of LibTorch that has no function in C++, called through the dispatcher with boxed
 * values. The fused optimizers and the operators of loss scaling are of this kind. Not thread-safe.
 */
final class BoxedOperator implements AutoCloseable {
  private final NativeOwner owner = new NativeOwner();
  private final OperatorHandle operator;
  private final Type.TypePtr tensorType;

  /**
   * Looks the operator up.
   *
   * @param name such as {@code aten::_fused_sgd_}
   * @throws RuntimeException if LibTorch has none of this name
   */
  BoxedOperator(String name) {
    this(name, "");
  }

  /**
   * Looks one of several overloads up.
   *
   * @param overload such as {@code List}
   * @throws RuntimeException if LibTorch has none of this name
   */
  BoxedOperator(String name, String overload) {
    try (PointerScope scope = new PointerScope()) {
      this.operator = owner.keep(Dispatcher.singleton().findSchemaOrThrow(name, overload));
      this.tensorType = owner.keep(new Type.TypePtr(TensorType.get()));
    }
  }

  /**
   * Calls it for its effect. The values are in the order of the schema, those without a default and
   * all others.
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

  /** A list of tensors as one value. The caller's scope owns it. */
  IValue list(List<Tensor> tensors) {
    GenericList list = new GenericList(tensorType);
    tensors.forEach(tensor -> list.push_back(new IValue(tensor)));
    return new IValue(list);
  }

  @Override
  public void close() {
    owner.close();
  }
}
