package io.github.cnnevolution.engine;

import io.github.cnnevolution.space.Architecture;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.StagedSpace;
import java.util.List;
import java.util.stream.Stream;

/**
 * Small networks which together have every kind of layer, block, kernel, pooling, activation and
 * head that the program's search spaces have. A machine is checked by training them.
 */
final class CheckNetworks {
  private static final PlainSpace PLAIN = new PlainSpace();

  private static final List<String> OF_THE_PLAIN_SPACE =
      List.of("w16-k2-relu-d", "w16-k3-gelu-d", "w32-k5-elu-sd", "w32-k7-leakyrelu-sd");

  private static final List<String> STAGED =
      List.of(
          "plain-16x1-32x1-max-pool-elu-d0.3",
          "plain-16x1-32x1-silu-d0.3",
          "residual-16x1-32x1-se-relu",
          "residual-k5-16x1-32x1-se-max-leakyrelu",
          "bottleneck-32x1-32x1-pool3-silu",
          "bottleneck-g8-32x1-64x1-relu",
          "inverted-16x1-32x1-se-gelu",
          "inverted-k5-16x1-32x1-s16-relu");

  private CheckNetworks() {}

  /** All of them, for {@value Architecture#CLASSES} classes. */
  static List<Architecture> all() {
    return Stream.concat(
            OF_THE_PLAIN_SPACE.stream().map(name -> PLAIN.named(name, Architecture.CLASSES)),
            STAGED.stream().map(name -> StagedSpace.named("staged", name, Architecture.CLASSES)))
        .toList();
  }
}
