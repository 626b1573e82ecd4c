package org.dinovmf.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.ops.Precision;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.method.LossWeights;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PrototypeKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ConfigFaultsTest {

  @Test
  void everyCropThatThePatchDoesNotDivideIsNamed() {
    TrainConfig good = TinyTraining.config();
    MultiCropConfig crops =
        good.crops()
            .withCrops(
                new MultiCropConfig.Crop(22, 0.4, 1), new MultiCropConfig.Crop(6, 0.1, 0.4), 2);
    assertFault(
        "global crop of 22 pixels is not a multiple of the patch size 4; use 20 or 24; "
            + "local crop of 6 pixels is not a multiple of the patch size 4; use 4 or 8; "
            + "evaluation crop of 17 pixels is not a multiple of the patch size 4; use 16 or 20",
        () -> with(good, crops, EvalTransform.whole(17)));
  }

  @Test
  void aLocalCropThatIsNotMadeMayHaveAnySize() {
    TrainConfig good = TinyTraining.config();
    MultiCropConfig crops =
        good.crops()
            .withCrops(
                new MultiCropConfig.Crop(16, 0.4, 1), new MultiCropConfig.Crop(6, 0.1, 0.4), 0);
    assertEquals(0, with(good, crops, EvalTransform.whole(16)).crops().localCrops());
  }

  @Test
  void theHeadTakesTheWidthOfTheEncoder() {
    VitConfig encoder = VitConfig.plain(16, 8, 8, 2, 2, 2, 3);
    assertFault(
        "the head must take the encoder's width: inDim=9, embedDim=8",
        () ->
            new ModelConfig(
                Method.dino(), encoder, new HeadConfig(9, 12, 6, 10), 0, Precision.FLOAT32));
    assertFault(
        "drop path must be in [0, 1) but is 1.0",
        () ->
            new ModelConfig(
                Method.dino(), encoder, new HeadConfig(8, 12, 6, 10), 1, Precision.FLOAT32));
  }

  @Test
  void aNearestNeighbourNeedsTwoImages() {
    Method method = Method.dino().withWeights(LossWeights.dino().withKoLeo(0.1));
    TrainConfig good = TinyTraining.config(method);
    assertFault(
        "KoLeo needs a batch size of at least 2, but it is 1",
        () ->
            new TrainConfig(
                good.model(),
                good.crops(),
                good.normalization(),
                good.evaluation(),
                new BatchConfig(1, 8, false),
                good.optimizer(),
                good.schedule(),
                good.seed()));
  }

  @Test
  void aLossHasATerm() {
    String message =
        "the weights of the loss must not be negative, and that of the class tokens or of the patches must be positive: cls=%s, patch=%s, koLeo=%s";
    assertFault(message.formatted(0.0, 0.0, 1.0), () -> new LossWeights(0, 0, 1));
    assertFault(message.formatted(1.0, -1.0, 0.0), () -> new LossWeights(1, -1, 0));
    assertFault(message.formatted(1.0, Double.NaN, 0.0), () -> new LossWeights(1, Double.NaN, 0));
  }

  @Test
  void aStepHasImages() {
    assertFault(
        "batch size and accumulation must be at least 1: batchSize=0, accumulate=2",
        () -> new BatchConfig(0, 2, false));
    assertEquals(24, new BatchConfig(8, 3, false).total());
    assertThrows(ArithmeticException.class, () -> new BatchConfig(1 << 20, 1 << 12, false).total());
  }

  @Test
  void aMethodHasAMomentumAndATemperature() {
    String message =
        "the center momentum must be in [0, 1] and the student temperature positive: centerMomentum=%s, studentTemp=%s";
    assertFault(
        message.formatted(1.5, 0.1),
        () -> Method.distillation(PrototypeKind.VMF, Center.LOGIT, 1.5, 0.1));
    assertFault(
        message.formatted(0.9, 0.0),
        () -> Method.distillation(PrototypeKind.VMF, Center.LOGIT, 0.9, 0));
  }

  private static TrainConfig with(
      TrainConfig config, MultiCropConfig crops, EvalTransform evaluation) {
    return new TrainConfig(
        config.model(),
        crops,
        config.normalization(),
        evaluation,
        config.batch(),
        config.optimizer(),
        config.schedule(),
        config.seed());
  }

  private static void assertFault(String message, Executable made) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, made).getMessage());
  }
}
