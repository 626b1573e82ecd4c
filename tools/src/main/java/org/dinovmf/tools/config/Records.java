package org.dinovmf.tools.config;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.training.BatchConfig;
import org.dinovmf.training.ModelConfig;
import org.dinovmf.training.RunOptions;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.data.BadImagePolicy;
import org.dinovmf.training.data.DecodeRules;
import org.dinovmf.training.data.MaskConfig;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.data.MultiCropConfig.Blur;
import org.dinovmf.training.data.MultiCropConfig.Crop;
import org.dinovmf.training.data.MultiCropConfig.Jitter;
import org.dinovmf.training.data.MultiCropConfig.Solarize;
import org.dinovmf.training.method.LossWeights;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PatchConfig;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.ScheduleConfig;

/** Builds the records of a run from settings; faults are told in terms of the options. */
final class Records {

  private static final double GIB = 1L << 30;

  private final Resolved values;

  Records(Resolved values) {
    this.values = values;
  }

  TrainConfig trainConfig() {
    check();
    if (values.needsStatistics()) {
      throw new IllegalStateException("mean and std must be measured first: withStatistics");
    }
    Normalization normalization =
        new Normalization(get(Settings.MEAN).orElseThrow(), get(Settings.STD).orElseThrow());
    return trainConfig(normalization);
  }

  RunOptions runOptions() {
    int threads =
        get(Settings.THREADS)
            .orElseThrow(
                () -> new IllegalStateException("threads must be given where no facts are"));
    return new RunOptions(
        threads,
        get(Settings.CHECKPOINT_EVERY),
        get(Settings.KEEP_CHECKPOINTS),
        get(Settings.LOG_EVERY),
        get(Settings.MAX_TIME),
        get(Settings.MAX_BAD_IMAGES)
            .map(BadImagePolicy::atMost)
            .orElseGet(BadImagePolicy::standard),
        new DecodeRules(get(Settings.ALLOW_TRUNCATED), get(Settings.DECODE_TIMEOUT)));
  }

  /** Refuses values that do not go together, all at once. */
  void check() {
    List<String> faults = new ArrayList<>();
    requireMultiple(faults, Settings.IMAGE_SIZE);
    if (get(Settings.LOCAL_CROPS) > 0) {
      requireMultiple(faults, Settings.LOCAL_SIZE);
    }
    if (get(Settings.WARMUP_EPOCHS) > get(Settings.EPOCHS)) {
      faults.add(
          "%s must be at most %s".formatted(say(Settings.WARMUP_EPOCHS), say(Settings.EPOCHS)));
    }
    if (get(Settings.EVAL_RESIZE).orElseThrow() < get(Settings.IMAGE_SIZE)) {
      faults.add(
          "%s must be at least %s".formatted(say(Settings.EVAL_RESIZE), say(Settings.IMAGE_SIZE)));
    }
    if ((long) get(Settings.BATCH_SIZE) * get(Settings.ACCUMULATE) > Integer.MAX_VALUE) {
      faults.add(
          "%s times %s is too large a step"
              .formatted(say(Settings.BATCH_SIZE), say(Settings.ACCUMULATE)));
    }
    requirePerChannel(faults, Settings.MEAN);
    requirePerChannel(faults, Settings.STD);
    requireEffect(faults);
    if (faults.isEmpty()) {
      tryRecords(faults);
    }
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
  }

  /** The records have the last word, also on what is not foreseen above. */
  private void tryRecords(List<String> faults) {
    try {
      trainConfig(Normalization.none(channels()));
    } catch (IllegalArgumentException e) {
      String given =
          Stream.of(Origin.Kind.FLAG, Origin.Kind.FILE)
              .flatMap(
                  kind ->
                      Settings.all().stream()
                          .filter(setting -> values.origin(setting).kind() == kind))
              .map(values::describe)
              .collect(joining(", "));
      faults.add(
          given.isEmpty() ? e.getMessage() : "%s; given: %s".formatted(e.getMessage(), given));
    }
  }

  /** The estimate is a lower bound: steps that were measured took 1.3 to 1.4 times as much. */
  void requireMemory(long memoryBytes) {
    ModelConfig model = trainConfig(Normalization.none(channels())).model();
    MemoryEstimate estimate =
        new MemoryEstimate(
            model.encoder(),
            model.head(),
            get(Settings.IMAGE_SIZE),
            get(Settings.LOCAL_SIZE),
            get(Settings.LOCAL_CROPS),
            AutoDefaults.maskedShare(get(Settings.METHOD_NAME), get(Settings.MASK_RATIO)),
            get(Settings.ACTIVATION_CHECKPOINTING));
    int batch = get(Settings.BATCH_SIZE);
    double needed = estimate.bytes(batch);
    if (needed > memoryBytes) {
      int fitting = Math.min(batch, estimate.largestBatch(memoryBytes));
      String advice =
          estimate.bytes(fitting) > memoryBytes
              ? "use a smaller --arch"
              : "use --batch-size %d --accumulate %d"
                  .formatted(
                      fitting,
                      (int) Math.ceil((double) batch * get(Settings.ACCUMULATE) / fitting));
      if (estimate.withActivationCheckpointing().largestBatch(memoryBytes) >= batch) {
        advice += ", or --activation-checkpointing";
      }
      throw new ConfigException(
          List.of(
              String.format(
                  Locale.ROOT,
                  "%s needs more than %.1f GiB of memory, but there are %.1f GiB; %s",
                  say(Settings.BATCH_SIZE),
                  needed / GIB,
                  memoryBytes / GIB,
                  advice)));
    }
  }

  private void requirePerChannel(List<String> faults, Setting<Optional<List<Double>>> setting) {
    if (get(setting).isPresent() && get(setting).get().size() != channels()) {
      faults.add(
          "%s must have a number for each of %s".formatted(say(setting), say(Settings.CHANNELS)));
    }
  }

  /** A resolved configuration holds every setting, so that one of the built-in value is allowed. */
  private void requireEffect(List<String> faults) {
    MethodChoice method = get(Settings.METHOD_NAME);
    if (method.standard().masksPatches()) {
      return;
    }
    for (Setting<?> setting : Settings.ofMaskedPatches()) {
      Origin.Kind kind = values.origin(setting).kind();
      if (kind == Origin.Kind.FLAG
          || (kind == Origin.Kind.FILE && !get(setting).equals(setting.builtIn()))) {
        faults.add(
            "%s has no effect with %s; leave it out, or give --method %s"
                .formatted(say(setting), say(Settings.METHOD_NAME), method.withMasks().label()));
      }
    }
  }

  private int channels() {
    return get(Settings.CHANNELS).count();
  }

  private void requireMultiple(List<String> faults, Setting<Integer> size) {
    int pixels = get(size);
    int patch = get(Settings.PATCH_SIZE);
    if (pixels % patch != 0) {
      int below = pixels / patch * patch;
      String advice =
          below == 0 ? Integer.toString(patch) : "%d or %d".formatted(below, below + patch);
      faults.add(
          "%s must be a multiple of %s; use %s"
              .formatted(say(size), say(Settings.PATCH_SIZE), advice));
    }
  }

  private TrainConfig trainConfig(Normalization normalization) {
    VitConfig encoder =
        values
            .network()
            .map(Network::encoder)
            .orElseGet(
                () ->
                    get(Settings.ARCH)
                        .orElseThrow()
                        .config(get(Settings.IMAGE_SIZE), get(Settings.PATCH_SIZE), channels()));
    HeadConfig head =
        new HeadConfig(
            encoder.embedDim(),
            get(Settings.HEAD_HIDDEN_DIM),
            get(Settings.BOTTLENECK_DIM),
            get(Settings.NUM_PROTOTYPES));
    return new TrainConfig(
        new ModelConfig(method(), encoder, head, get(Settings.DROP_PATH), get(Settings.PRECISION)),
        crops(),
        normalization,
        new EvalTransform(get(Settings.EVAL_RESIZE).orElseThrow(), get(Settings.IMAGE_SIZE)),
        new BatchConfig(
            get(Settings.BATCH_SIZE),
            get(Settings.ACCUMULATE),
            get(Settings.ACTIVATION_CHECKPOINTING)),
        optimizer(),
        schedule(),
        get(Settings.SEED));
  }

  private Method method() {
    boolean masksPatches = get(Settings.METHOD_NAME).standard().masksPatches();
    return new Method(
        get(Settings.PROTOTYPES).orElseThrow(),
        get(Settings.TEACHER_TARGET),
        get(Settings.CENTER).orElseThrow(),
        get(Settings.CENTER_MOMENTUM),
        get(Settings.STUDENT_TEMP),
        new LossWeights(
            get(Settings.CLS_WEIGHT),
            masksPatches ? get(Settings.PATCH_WEIGHT) : 0,
            get(Settings.KOLEO_WEIGHT)),
        new PatchConfig(
            get(Settings.LAST_LAYERS),
            new MaskConfig(
                get(Settings.MASK_SHAPE), get(Settings.MASK_RATIO), get(Settings.MASK_RATIO_VAR))));
  }

  private MultiCropConfig crops() {
    MultiCropConfig standard = MultiCropConfig.dino();
    Range global = get(Settings.GLOBAL_SCALE);
    Range local = get(Settings.LOCAL_SCALE);
    List<Double> blur = get(Settings.BLUR);
    return new MultiCropConfig(
        new Crop(get(Settings.IMAGE_SIZE), global.min(), global.max()),
        new Crop(get(Settings.LOCAL_SIZE), local.min(), local.max()),
        get(Settings.LOCAL_CROPS),
        standard.minAspect(),
        standard.maxAspect(),
        get(Settings.FLIP),
        new Jitter(
            get(Settings.JITTER),
            get(Settings.BRIGHTNESS),
            get(Settings.CONTRAST),
            get(Settings.SATURATION),
            get(Settings.HUE)),
        get(Settings.GRAY),
        new Blur(
            blur.get(0),
            blur.get(1),
            blur.get(2),
            get(Settings.BLUR_RADIUS).get(0),
            get(Settings.BLUR_RADIUS).get(1)),
        new Solarize(get(Settings.SOLARIZE), standard.solarize().threshold()));
  }

  private AdamWConfig optimizer() {
    AdamWConfig standard = AdamWConfig.dino();
    return new AdamWConfig(
        standard.beta1(), standard.beta2(), standard.epsilon(), get(Settings.CLIP_GRAD));
  }

  private ScheduleConfig schedule() {
    return new ScheduleConfig(
        get(Settings.EPOCHS),
        get(Settings.LR),
        get(Settings.MIN_LR),
        get(Settings.WARMUP_EPOCHS),
        get(Settings.WEIGHT_DECAY),
        get(Settings.WEIGHT_DECAY_END),
        get(Settings.TEACHER_MOMENTUM),
        get(Settings.WARMUP_TEACHER_TEMP),
        get(Settings.TEACHER_TEMP),
        get(Settings.WARMUP_TEACHER_TEMP_EPOCHS),
        get(Settings.FREEZE_LAST_LAYER),
        new ScheduleConfig.Patches(
            get(Settings.MASK_START_EPOCH),
            get(Settings.WARMUP_TEACHER_PATCH_TEMP),
            get(Settings.TEACHER_PATCH_TEMP)));
  }

  private <T> T get(Setting<T> setting) {
    return values.get(setting);
  }

  private String say(Setting<?> setting) {
    return values.describe(setting);
  }
}
