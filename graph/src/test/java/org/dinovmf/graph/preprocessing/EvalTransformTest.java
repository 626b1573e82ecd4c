package org.dinovmf.graph.preprocessing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class EvalTransformTest {

  @Test
  void publishedRatioIsThatOf256To224() {
    assertEquals(new EvalTransform(256, 224), EvalTransform.published(224));
    assertEquals(new EvalTransform(110, 96), EvalTransform.published(96));
    assertEquals(new EvalTransform(1, 1), EvalTransform.published(1));
  }

  @Test
  void rejectsACropThatTheResizedImageLacks() {
    IllegalArgumentException fault =
        assertThrows(IllegalArgumentException.class, () -> new EvalTransform(200, 224));
    assertEquals(
        "the crop must be at least 1 and at most the resized side: resize=200, crop=224",
        fault.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new EvalTransform(4, 0));
  }
}
