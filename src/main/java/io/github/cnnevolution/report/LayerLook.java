package io.github.cnnevolution.report;

import io.github.cnnevolution.space.Layer;

/**
 * How the page draws a kind of layer. A new kind needs a case here; {@code page.js} does not depend
 * on kinds.
 *
 * @param kind the layer's kind in a word or two
 * @param opens whether it starts a new box of the drawing; other layers belong to the previous box
 * @param symbol drawn in a circle where branches meet; empty for a box
 */
record LayerLook(String kind, boolean opens, String symbol) {
  private static final Layer.Cases<LayerLook> CASES =
      new Layer.Cases<>() {
        @Override
        public LayerLook convolution(Layer.Convolution layer) {
          return opening("convolution");
        }

        @Override
        public LayerLook batchNormalization(Layer.BatchNormalization layer) {
          return following("normalization");
        }

        @Override
        public LayerLook activation(Layer.Activation layer) {
          return following("activation");
        }

        @Override
        public LayerLook maxPool(Layer.MaxPool layer) {
          return following("pooling");
        }

        @Override
        public LayerLook globalMaxPool(Layer.GlobalMaxPool layer) {
          return opening("maximum");
        }

        @Override
        public LayerLook globalMeanPool(Layer.GlobalMeanPool layer) {
          return opening("mean");
        }

        @Override
        public LayerLook dropout(Layer.Dropout layer) {
          return following("dropout");
        }

        @Override
        public LayerLook flatten(Layer.Flatten layer) {
          return opening("flatten");
        }

        @Override
        public LayerLook linear(Layer.Linear layer) {
          return opening("linear");
        }

        @Override
        public LayerLook sum(Layer.Sum layer) {
          return new LayerLook("sum", true, "+");
        }

        @Override
        public LayerLook scale(Layer.Scale layer) {
          return new LayerLook("scale", true, "×");
        }
      };

  private static LayerLook opening(String kind) {
    return new LayerLook(kind, true, "");
  }

  private static LayerLook following(String kind) {
    return new LayerLook(kind, false, "");
  }

  /** Returns how to draw this layer. */
  static LayerLook of(Layer layer) {
    return layer.accept(CASES);
  }
}
