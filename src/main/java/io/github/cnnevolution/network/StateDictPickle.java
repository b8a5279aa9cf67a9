package io.github.cnnevolution.network;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The pickle (protocol 2, see Python's {@code pickletools}) of an {@code OrderedDict} from names to
 * tensors, where a tensor is a call of {@code torch._utils._rebuild_tensor_v2} on a storage that is
 * named by a persistent id.
 */
final class StateDictPickle {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private StateDictPickle() {}

  /** The pickle of {@code tensors}; the storage of tensor i has the key i. */
  static byte[] of(List<NamedTensor> tensors) {
    StateDictPickle pickle = new StateDictPickle();
    pickle.op(0x80).op(2); // PROTO 2
    pickle.emptyOrderedDict().op('('); // MARK
    for (int i = 0; i < tensors.size(); i++) {
      pickle.string(tensors.get(i).name()).tensor(tensors.get(i).tensor(), i);
    }
    pickle.op('u').op('.'); // SETITEMS, STOP
    return pickle.out.toByteArray();
  }

  private void tensor(Tensor tensor, int key) {
    ScalarType type = tensor.scalar_type().intern();
    boolean isLong = type == ScalarType.Long;
    if (!isLong && type != ScalarType.Float) {
      throw new IllegalArgumentException("cannot write tensors of type " + type);
    }
    global("torch._utils", "_rebuild_tensor_v2").op('(');
    op('(').string("storage").global("torch", isLong ? "LongStorage" : "FloatStorage");
    string(String.valueOf(key))
        .string("cpu")
        .integer(tensor.numel())
        .op('t')
        .op('Q'); // TUPLE, BINPERSID
    integer(0); // offset into the storage
    op('(');
    for (int i = 0; i < tensor.dim(); i++) {
      integer(tensor.size(i));
    }
    op('t').op('(');
    for (int i = 0; i < tensor.dim(); i++) {
      integer(tensor.stride(i));
    }
    op('t').op(0x89); // NEWFALSE: requires_grad
    emptyOrderedDict(); // backward hooks
    op('t').op('R'); // TUPLE, REDUCE
  }

  private StateDictPickle emptyOrderedDict() {
    return global("collections", "OrderedDict").op(')').op('R'); // EMPTY_TUPLE, REDUCE
  }

  private StateDictPickle op(int code) {
    out.write(code);
    return this;
  }

  private StateDictPickle global(String module, String name) {
    return op('c').raw((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private StateDictPickle string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return op('X').raw(int32(bytes.length)).raw(bytes); // BINUNICODE
  }

  private StateDictPickle integer(long value) {
    return op('J').raw(int32(Math.toIntExact(value))); // BININT
  }

  private StateDictPickle raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  private static byte[] int32(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
