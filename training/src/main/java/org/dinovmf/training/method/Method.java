package org.dinovmf.training.method;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dinovmf.ops.Nn;
import org.dinovmf.training.loss.Center;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

/**
 * A training method: a kind of prototypes, what the teacher makes of its posteriors, and the terms
 * of the loss.
 *
 * @param prototypes kind of the mixture components
 * @param target how the teacher's posteriors become targets
 * @param center what a {@link TargetKind#CENTERED} target subtracts from the teacher's logits
 * @param centerMomentum share of the old center in the new one
 * @param studentTemp temperature of the student
 * @param weights of the terms of the loss
 * @param patches of the term over masked patches, where its weight is not 0
 */
public record Method(
    PrototypeKind prototypes,
    TargetKind target,
    Center center,
    double centerMomentum,
    double studentTemp,
    LossWeights weights,
    PatchConfig patches) {

  /** The published code's fixed values. */
  private static final double CENTER_MOMENTUM = 0.9;

  private static final double STUDENT_TEMP = 0.1;

  public Method {
    if (!(centerMomentum >= 0 && centerMomentum <= 1) || !(studentTemp > 0)) {
      throw new IllegalArgumentException(
          "the center momentum must be in [0, 1] and the student temperature positive: centerMomentum=%s, studentTemp=%s"
              .formatted(centerMomentum, studentTemp));
    }
  }

  /** The loss over class tokens alone, against centered targets. */
  public static Method distillation(
      PrototypeKind prototypes, Center center, double centerMomentum, double studentTemp) {
    return new Method(
        prototypes,
        TargetKind.CENTERED,
        center,
        centerMomentum,
        studentTemp,
        LossWeights.dino(),
        PatchConfig.ibot());
  }

  /** DINO with prototypes of length 1 and the center of raw scores. */
  public static Method dino() {
    return distillation(PrototypeKind.UNIT, Center.LOGIT, CENTER_MOMENTUM, STUDENT_TEMP);
  }

  /** DINO-vMF with the center in probability space. */
  public static Method dinoVmf() {
    return distillation(PrototypeKind.VMF, Center.PROBABILITY, CENTER_MOMENTUM, STUDENT_TEMP);
  }

  /**
   * iBOT with the masks of its released runs: DINO, and the same for masked patches; Zhou et al.,
   * "iBOT: Image BERT Pre-Training with Online Tokenizer", ICLR 2022. Its code's default keeps
   * prototypes at length 1, as DINO's does.
   */
  public static Method ibot() {
    return dino().withWeights(LossWeights.ibot());
  }

  /** iBOT-vMF: the normalizer in the logits of both kinds of tokens, both centers posteriors. */
  public static Method ibotVmf() {
    return dinoVmf().withWeights(LossWeights.ibot());
  }

  /** The same with other weights of the terms. */
  public Method withWeights(LossWeights newWeights) {
    return new Method(prototypes, target, center, centerMomentum, studentTemp, newWeights, patches);
  }

  /** The same with another target. */
  public Method withTarget(TargetKind newTarget) {
    return new Method(prototypes, newTarget, center, centerMomentum, studentTemp, weights, patches);
  }

  /** The same with other settings of the masked patches. */
  public Method withPatches(PatchConfig newPatches) {
    return new Method(prototypes, target, center, centerMomentum, studentTemp, weights, newPatches);
  }

  /** Whether patches of the student's global crops are masked. */
  public boolean masksPatches() {
    return weights.patch() > 0;
  }

  /** Whose prototypes patches are compared with; without masked patches there is one set. */
  public LastLayers lastLayers() {
    return masksPatches() ? patches.lastLayers() : LastLayers.SHARED;
  }

  private List<Term> terms() {
    List<Term> terms = new ArrayList<>();
    if (weights.patch() > 0) {
      terms.add(PatchTerm.of(weights.patch()));
    }
    if (weights.koLeo() > 0) {
      terms.add(new KoLeoTerm(weights.koLeo()));
    }
    return terms;
  }

  /** The loss of a step, and what it remembers for the next one. */
  public <T extends TFloating> Objective<T> objective(Ops tf, Pair<T> pair) {
    TeacherTarget teacher = target.of(center, centerMomentum);
    ClsTerm.Built<T> cls = ClsTerm.build(tf, pair, teacher);
    Operand<T> loss = Nn.scale(tf, cls.value(), weights.cls());
    List<RunningCenter<T>> centers = new ArrayList<>(cls.centers());
    Map<String, Operand<T>> measures = new LinkedHashMap<>();
    for (Term term : terms()) {
      Term.Built<T> built = term.build(tf, pair, teacher);
      loss = tf.math.add(loss, Nn.scale(tf, built.value(), term.weight()));
      centers.addAll(built.centers());
      measures.putAll(built.measures());
    }
    return new Objective<>(loss, cls.value(), cls.entropy(), measures, cls.health(), centers);
  }
}
