package io.github.cnnevolution.cuda;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.DeviceBinding;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import java.util.function.Consumer;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Records one operation on memory of its own into a graph, and does with graph and memory what the
 * argument says, right or wrong.
 */
final class GraphMemoryProbe {
  private static final int SIDE = 64;

  private final ComputeDevice gpu;
  private final CUstream_st stream;
  private final CUgraphExec_st graph = new CUgraphExec_st();
  private Pointer memory;

  private GraphMemoryProbe(ComputeDevice gpu) {
    this.gpu = gpu;
    this.stream = torch_cuda.getCurrentCUDAStream((byte) gpu.index()).stream();
  }

  /**
   * Runs as a process of its own, on the recorder.
   *
   * @param cases each {@code operation what}
   */
  public static void main(String[] cases) {
    NativeRuntime.load(1);
    ComputeDevice gpu = Devices.gpus().get(0);
    try (DeviceBinding binding = gpu.bind()) {
      for (String text : cases) {
        String[] words = text.split(" ", -1);
        try (PointerScope scope = new PointerScope();
            AutoGradMode noGradients = new AutoGradMode(false)) {
          GraphMemoryProbe probe = new GraphMemoryProbe(gpu);
          probe.record(operation(words[0]));
          probe.run(words[1]);
        }
      }
    }
  }

  /** Returns an operation that reads or writes a matrix. */
  private static Consumer<Tensor> operation(String name) {
    return switch (name) {
      case "add" -> matrix -> matrix.add(new Scalar(1));
      case "sum" -> Tensor::sum;
      case "lists" -> GraphMemoryProbe::addToList;
      case "product" -> matrix -> matrix.mm(torch.zeros_like(matrix));
      case "linear" ->
          matrix ->
              torch.linear(
                  torch.zeros_like(matrix),
                  torch.zeros_like(matrix),
                  new TensorOptional(matrix.select(0, 0)));
      case "convolution" ->
          matrix ->
              torch.conv2d(
                  matrix.view(1, 1, SIDE, SIDE), torch.ones_like(matrix.view(1, 1, SIDE, SIDE)));
      case "memset" -> Tensor::zero_;
      case "copy" -> matrix -> matrix.copy_(torch.zeros_like(matrix));
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Adds 1 to a list of one tensor, whose address is in the middle of a large structure. */
  private static void addToList(Tensor matrix) {
    GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
    list.push_back(new IValue(matrix));
    IValueVector arguments = new IValueVector(new IValue(list), new IValue(new Scalar(1)));
    Dispatcher.singleton().findSchemaOrThrow("aten::_foreach_add_", "Scalar").callBoxed(arguments);
  }

  private void allocate() {
    memory = new Pointer();
    check(cudart.cudaMalloc(memory, (long) SIDE * SIDE * Float.BYTES));
  }

  private void record(Consumer<Tensor> operation) {
    allocate();
    Tensor matrix = torch.from_blob(memory, new long[] {SIDE, SIDE}, gpu.tensor(ScalarType.Float));
    try (PointerScope scope = new PointerScope()) {
      // What it allocates is in the cache from now on.
      operation.accept(matrix);
    }
    check(cudart.cudaStreamSynchronize(stream));
    check(cudart.cudaStreamBeginCapture(stream, cudart.cudaStreamCaptureModeThreadLocal));
    operation.accept(matrix);
    CUgraph_st recorded = new CUgraph_st();
    check(cudart.cudaStreamEndCapture(stream, recorded));
    check(cudart.cudaGraphInstantiate(graph, recorded, 0));
  }

  private void launch() {
    check(cudart.cudaGraphLaunch(graph, stream));
  }

  private void free() {
    check(cudart.cudaFree(memory));
  }

  private void run(String what) {
    launch();
    switch (what) {
      case "synchronized" -> {
        check(cudart.cudaStreamSynchronize(stream));
        free();
      }
      case "waited" -> {
        waitForEvent();
        free();
      }
      case "freed" -> {
        check(cudart.cudaStreamSynchronize(stream));
        free();
        launch();
        check(cudart.cudaStreamSynchronize(stream));
      }
      case "replaced" -> {
        check(cudart.cudaStreamSynchronize(stream));
        free();
        allocate();
        launch();
        check(cudart.cudaStreamSynchronize(stream));
      }
      case "pending" -> {
        waitForEvent();
        launch();
        free();
      }
      case "destroyed" -> {
        check(cudart.cudaGraphExecDestroy(graph));
        free();
      }
      default -> throw new IllegalArgumentException(what);
    }
  }

  private void waitForEvent() {
    CUevent_st event = new CUevent_st();
    check(cudart.cudaEventCreate(event));
    check(cudart.cudaEventRecord(event, stream));
    check(cudart.cudaEventSynchronize(event));
    check(cudart.cudaEventDestroy(event));
  }

  private static void check(int status) {
    if (status != cudart.cudaSuccess) {
      throw new IllegalStateException(cudart.cudaGetErrorString(status).getString());
    }
  }
}
