package io.github.cnnevolution.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cnnevolution.device.ComputeDevice;
import io.github.cnnevolution.device.Devices;
import io.github.cnnevolution.device.NativeRuntime;
import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Random networks of staged spaces as LibTorch builds and computes them. */
class StagedNetworksTest {
  private static final int NETWORKS = 2000;

  private static ComputeDevice cpu;

  @BeforeAll
  static void load() {
    NativeRuntime.load(1);
    cpu = Devices.cpu();
  }

  /** The weights tell the parameters, and with the planes that come out the operations. */
  @Test
  void parametersAndOperationsEqualThoseOfTheModules() {
    List<Architecture> networks = new ArrayList<>(StagedNetworks.narrow(NETWORKS, 1));
    networks.addAll(StagedNetworks.residual(100, 1_000_000, 2));
    Set<String> names = new HashSet<>();
    for (Architecture architecture : networks) {
      names.add(architecture.phenotype());
      try (PointerScope scope = new PointerScope();
          AutoGradMode noGradients = new AutoGradMode(false);
          Network network = new Network(architecture, cpu, 1)) {
        long parameters = network.parameters().stream().mapToLong(Tensor::numel).sum();
        assertEquals(parameters, architecture.parameters(), architecture.phenotype());
        assertEquals(operations(network), architecture.flops(), architecture.phenotype());
      }
    }
    assertTrue(names.size() > NETWORKS * 3 / 4, names.size() + " different networks");
  }

  private static long operations(Network network) {
    Map<String, Tensor> state = new HashMap<>();
    network.state().forEach(entry -> state.put(entry.name(), entry.tensor()));
    Map<Integer, Tensor> made = ReferenceForward.all(network, torch.rand(1, 3, 32, 32));
    long flops = 0;
    List<Node> nodes = network.architecture().nodes();
    for (int i = 0; i < nodes.size(); i++) {
      Tensor weight = state.get(nodes.get(i).layer().name() + ".weight");
      if (weight != null && weight.dim() > 1) {
        Tensor output = made.get(i);
        flops += 2 * weight.numel() * (output.numel() / output.size(1));
      }
    }
    return flops;
  }
}
