package org.dinovmf.tools.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.tools.config.Facts.Device;

/**
 * Chooses what the user left open so that it suits the number and size of the images and the
 * device. Everything follows from the facts and from what is set already.
 */
final class AutoDefaults {

  private static final int SIDE_28 = 28;
  private static final int SIDE_32 = 40;
  private static final int SIDE_64 = 100;

  /**
   * Steps of a run, ours: enough on small images to see a result, and below the published 250,000.
   */
  private static final int CPU_STEPS = 10_000;

  private static final int GPU_STEPS = 50_000;

  /** Large sets are seen as often as in the published vanilla run; a CPU has no time for that. */
  private static final int MIN_EPOCHS_GPU = 100;

  private static final int MIN_EPOCHS_CPU = 10;

  /** The EMA teacher and the crops repeat themselves after that. */
  private static final int MAX_EPOCHS = 1000;

  /** Batches of which an epoch should have at least so many, so that the order matters. */
  private static final int MIN_STEPS_PER_EPOCH = 8;

  private static final int MIN_BATCH = 8;
  private static final int MIN_PROTOTYPES = 64;
  private static final int CHECKPOINT_STEPS = 500;
  private static final int KNN_PER_RUN = 20;

  /** The method does not follow from the size of the images, and one's own colors are measured. */
  private static final Set<Setting<?>> NOT_OF_BASE =
      Set.of(
          Settings.METHOD_NAME, Settings.PROTOTYPES, Settings.CENTER, Settings.MEAN, Settings.STD);

  private final Entries chosen;
  private final Optional<Network> network;
  private final Facts facts;

  private AutoDefaults(Entries chosen, Optional<Network> network, Facts facts) {
    this.chosen = chosen;
    this.network = network;
    this.facts = facts;
  }

  /**
   * Adds the choices to what is set.
   *
   * @param presetGiven whether the user named a preset, which then needs no other below it
   * @param network whose weights are taken
   */
  static void add(Entries set, boolean presetGiven, Optional<Network> network, Facts facts) {
    AutoDefaults auto = new AutoDefaults(set, network, facts);
    if (!presetGiven) {
      auto.addBase();
    }
    auto.addIntervals();
  }

  /** The preset for images of a size on a device. */
  static String baseName(int side, Device device) {
    if (side <= SIDE_28) {
      return "small-28";
    }
    if (side <= SIDE_32) {
      return "small-32";
    }
    if (side <= SIDE_64) {
      return "small-64";
    }
    return device == Device.CPU ? "cpu-96" : "dino-vits16-vanilla";
  }

  private void addBase() {
    boolean sizeGiven = chosen.has(Settings.IMAGE_SIZE);
    int side = sizeGiven ? chosen.value(Settings.IMAGE_SIZE) : facts.medianSide();
    String name = baseName(side, facts.device());
    Entries base = Presets.load(name).values();
    addSizes(base);
    addPrototypes(base);
    addBatch(base);
    addEpochs();
    String reason =
        "as preset %s, for %s %d pixels on a %s"
            .formatted(
                name,
                sizeGiven ? "an image size of" : "images with a median side of",
                side,
                facts.device());
    for (Setting<?> setting : Settings.all()) {
      if (!NOT_OF_BASE.contains(setting)) {
        chosen.offer(setting, base, Origin.auto(reason));
      }
    }
  }

  /** Makes the sizes that are open fit those that are given. */
  private void addSizes(Entries base) {
    int baseSize = base.value(Settings.IMAGE_SIZE);
    if (chosen.has(Settings.IMAGE_SIZE) && !chosen.has(Settings.PATCH_SIZE)) {
      int size = chosen.value(Settings.IMAGE_SIZE);
      int patch = largestDivisor(size, base.value(Settings.PATCH_SIZE));
      offer(Settings.PATCH_SIZE, patch, "divides the image size of %d pixels".formatted(size));
    }
    int patch =
        chosen.get(Settings.PATCH_SIZE).isPresent()
            ? chosen.value(Settings.PATCH_SIZE)
            : base.value(Settings.PATCH_SIZE);
    if (baseSize % patch != 0) {
      offer(
          Settings.IMAGE_SIZE,
          multiple(baseSize, patch),
          "multiple of the patch size of %d pixels".formatted(patch));
    }
    int size =
        chosen.get(Settings.IMAGE_SIZE).isPresent() ? chosen.value(Settings.IMAGE_SIZE) : baseSize;
    int baseLocal = base.value(Settings.LOCAL_SIZE);
    int local = multiple((int) Math.round((double) size * baseLocal / baseSize), patch);
    if (local != baseLocal) {
      offer(
          Settings.LOCAL_SIZE,
          local,
          "in proportion to the image size of %d pixels, a multiple of the patch size of %d"
              .formatted(size, patch));
    }
  }

  private void addPrototypes(Entries base) {
    int most = Math.max(MIN_PROTOTYPES, Integer.highestOneBit(facts.images()));
    if (base.value(Settings.NUM_PROTOTYPES) > most) {
      offer(
          Settings.NUM_PROTOTYPES,
          most,
          "no more than the %d images, but at least %d".formatted(facts.images(), MIN_PROTOTYPES));
    }
  }

  /**
   * Images of a step: those of the base, but small sets get enough steps in an epoch, and a batch
   * fits into memory.
   */
  private void addBatch(Entries base) {
    int wanted = base.value(Settings.BATCH_SIZE) * base.value(Settings.ACCUMULATE);
    int forSteps = Math.max(MIN_BATCH, facts.images() / MIN_STEPS_PER_EPOCH);
    int accumulate = chosen.has(Settings.ACCUMULATE) ? chosen.value(Settings.ACCUMULATE) : 1;
    int total = Math.min(wanted, Integer.highestOneBit(Math.min(forSteps, facts.images())));
    int inMemory =
        Math.min(
            Math.max(1, total / accumulate),
            Integer.highestOneBit(memory(base).largestBatch(facts.memoryBytes())));
    String reason =
        inMemory * accumulate < total
            ? String.format(
                Locale.ROOT,
                "fits into %.1f GiB of memory",
                facts.memoryBytes() / (double) (1L << 30))
            : total < wanted
                ? "steps of an epoch over %d images: %d"
                    .formatted(facts.images(), facts.images() / total)
                : "%d images of a step, as in the preset".formatted(total);
    offer(Settings.BATCH_SIZE, inMemory, reason);
    int batch = chosen.value(Settings.BATCH_SIZE);
    offer(
        Settings.ACCUMULATE,
        Math.max(1, total / batch),
        "%d images of a step in batches of %d"
            .formatted(Math.max(1, total / batch) * batch, batch));
  }

  private MemoryEstimate memory(Entries base) {
    Entries all = new Entries(chosen);
    for (Setting<?> setting : Settings.all()) {
      all.offer(setting, base, Origin.auto(""));
    }
    VitConfig encoder =
        network
            .map(Network::encoder)
            .orElseGet(
                () ->
                    all.value(Settings.ARCH)
                        .orElseThrow()
                        .config(
                            multiple(
                                all.value(Settings.IMAGE_SIZE), all.value(Settings.PATCH_SIZE)),
                            all.value(Settings.PATCH_SIZE),
                            all.value(Settings.CHANNELS).count()));
    HeadConfig head =
        new HeadConfig(
            encoder.embedDim(),
            all.value(Settings.HEAD_HIDDEN_DIM),
            all.value(Settings.BOTTLENECK_DIM),
            all.value(Settings.NUM_PROTOTYPES));
    return new MemoryEstimate(
        encoder,
        head,
        all.value(Settings.IMAGE_SIZE),
        all.value(Settings.LOCAL_SIZE),
        all.value(Settings.LOCAL_CROPS),
        maskedShare(all.value(Settings.METHOD_NAME), all.value(Settings.MASK_RATIO)),
        all.value(Settings.ACTIVATION_CHECKPOINTING));
  }

  /** The mean share of patches that a method masks with these ratios. */
  static double maskedShare(MethodChoice method, List<Double> ratios) {
    return method.standard().masksPatches()
        ? ratios.stream().mapToDouble(ratio -> ratio).average().orElseThrow()
        : 0;
  }

  private void addEpochs() {
    int steps = stepsPerEpoch();
    boolean isGpu = facts.device() == Device.GPU;
    int wanted = isGpu ? GPU_STEPS : CPU_STEPS;
    int least = isGpu ? MIN_EPOCHS_GPU : MIN_EPOCHS_CPU;
    int epochs = Math.max(least, Math.min(MAX_EPOCHS, (wanted + steps - 1) / steps));
    offer(
        Settings.EPOCHS,
        epochs,
        "steps of the run: %d; of an epoch: %d".formatted((long) epochs * steps, steps));
    int given = chosen.value(Settings.EPOCHS);
    offer(Settings.WARMUP_EPOCHS, warmupEpochs(given), "a tenth of the %d epochs".formatted(given));
    offer(
        Settings.FREEZE_LAST_LAYER,
        given < 10 ? 0 : Math.max(1, given / 100),
        given < 10
            ? "only %d epochs".formatted(given)
            : "a hundredth of the %d epochs, at least 1".formatted(given));
  }

  /** A tenth of the run, as in the published code's defaults. */
  static int warmupEpochs(int epochs) {
    return Math.round(epochs / 10f);
  }

  /** A checkpoint and a kNN evaluation take time, whatever the length of an epoch. */
  private void addIntervals() {
    int epochs = chosen.value(Settings.EPOCHS);
    int steps = stepsPerEpoch();
    int every = Math.min(epochs, (CHECKPOINT_STEPS + steps - 1) / steps);
    if (every > 1) {
      offer(
          Settings.CHECKPOINT_EVERY,
          every,
          "about every %d steps; steps of an epoch: %d".formatted(CHECKPOINT_STEPS, steps));
    }
    offer(
        Settings.KNN_EVERY,
        Math.max(1, epochs / KNN_PER_RUN),
        "%d times in the run".formatted(Math.min(epochs, KNN_PER_RUN)));
  }

  private int stepsPerEpoch() {
    long total = (long) chosen.value(Settings.BATCH_SIZE) * chosen.value(Settings.ACCUMULATE);
    return (int) Math.max(1, facts.images() / total);
  }

  private <T> void offer(Setting<T> setting, T value, String reason) {
    chosen.offer(setting, value, Origin.auto(reason));
  }

  private static int multiple(int size, int patch) {
    return Math.max(1, Math.round((float) size / patch)) * patch;
  }

  private static int largestDivisor(int size, int most) {
    int divisor = Math.min(size, most);
    while (size % divisor != 0) {
      divisor--;
    }
    return divisor;
  }
}
