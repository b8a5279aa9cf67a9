package io.github.cnnevolution.training;

import java.util.List;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/** Lists of tensors in the form in which operators take them. */
final class TensorList {
  private TensorList() {}

  /** Returns the tensors as one value, which the caller's scope owns. */
  static IValue of(List<Tensor> tensors) {
    return of(tensors, type());
  }

  /** Returns the type of the elements, which the caller's scope owns. */
  static Type.TypePtr type() {
    return new Type.TypePtr(TensorType.get());
  }

  /**
   * Returns the tensors as one value, which the caller's scope owns. For lists that are made in
   * each step: the type is made once.
   */
  static IValue of(List<Tensor> tensors, Type.TypePtr type) {
    GenericList list = new GenericList(type);
    tensors.forEach(tensor -> list.push_back(new IValue(tensor)));
    return new IValue(list);
  }
}
