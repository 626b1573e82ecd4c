package org.dinovmf.tools.config;

import static org.dinovmf.tools.config.Setting.Section.CROPS;
import static org.dinovmf.tools.config.Setting.Section.FILES;
import static org.dinovmf.tools.config.Setting.Section.METHOD;
import static org.dinovmf.tools.config.Setting.Section.MODEL;
import static org.dinovmf.tools.config.Setting.Section.RUN;
import static org.dinovmf.tools.config.Setting.Section.SCHEDULE;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig.Variant;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.ops.Precision;
import org.dinovmf.tools.config.Setting.Section;
import org.dinovmf.training.RunOptions;
import org.dinovmf.training.data.DecodeRules;
import org.dinovmf.training.data.MaskConfig;
import org.dinovmf.training.data.MaskShape;
import org.dinovmf.training.data.MultiCropConfig;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.method.LastLayers;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PrototypeKind;
import org.dinovmf.training.method.TargetKind;
import org.dinovmf.training.optimizer.AdamWConfig;
import org.dinovmf.training.schedule.ScheduleConfig;

/**
 * The table of all settings: keys, options, help, checks and the resolved configuration follow from
 * it. A built-in value comes from the configuration record that it ends up in, where that has one.
 */
public final class Settings {

  private static final String SCRIPT = "DINO's main_dino.py";
  private static final String IBOT_SCRIPT = "iBOT's main_ibot.py";
  private static final String IBOT_RUNS = "iBOT's released ViT runs";
  private static final String OURS = "ours";
  private static final String OF_IBOT = ", for ibot and ibot-vmf";
  private static final String NEEDED = "none, it must be given";

  /** Ours: more are of no use. */
  private static final int MOST_RATIOS = 8;

  private static final double UNBOUNDED = Double.MAX_VALUE;

  private static final HeadConfig HEAD = HeadConfig.dino(1);
  private static final MultiCropConfig CROP = MultiCropConfig.dino();
  private static final ScheduleConfig PLAN = ScheduleConfig.dino();
  private static final Method IBOT = Method.ibot();
  private static final MaskConfig MASKS = IBOT.patches().masks();
  private static final RunOptions RUN_OPTIONS = RunOptions.standard(1);

  private static final List<Setting<?>> TABLE = new ArrayList<>();

  public static final Setting<Optional<List<Path>>> DATA =
      add(
          "data",
          FILES,
          ValueTypes.or("none", ValueTypes.paths("DIR")),
          Optional.empty(),
          NEEDED,
          "Folder tree of images, or a text file with one path a line; may be given several times");

  public static final Setting<Optional<Path>> OUT =
      add(
          "out",
          FILES,
          ValueTypes.or("none", ValueTypes.path("RUN")),
          Optional.empty(),
          NEEDED,
          "Folder of the run; must be new or empty, unless it is resumed");

  public static final Setting<Optional<Path>> INIT_FROM =
      add(
          "init-from",
          FILES,
          ValueTypes.or("none", ValueTypes.path("RUN")),
          Optional.empty(),
          "none, the weights start at random",
          "Starts from the weights of another run, trained or imported; the network's sizes, and"
              + " what is not given of method, mean and deviation, are that run's");

  public static final Setting<Optional<Path>> LABELS =
      add(
          "labels",
          FILES,
          ValueTypes.or("none", ValueTypes.path("FILE.csv")),
          Optional.empty(),
          "the first folders below DIR, if there are two or more",
          "Labels for kNN while training, lines of path,label");

  public static final Setting<Optional<Path>> VAL =
      add(
          "val",
          FILES,
          ValueTypes.or("none", ValueTypes.path("DIR")),
          Optional.empty(),
          "a fixed tenth of each class of the images, kept out of the neighbors",
          "Labeled images that kNN classifies");

  public static final Setting<Channels> CHANNELS =
      add(
          "channels",
          FILES,
          ValueTypes.choice(Channels.values(), kind -> Integer.toString(kind.count())),
          Channels.COLOR,
          SCRIPT,
          "What is read of each pixel: gray, color, or color and opacity. Changes of color leave"
              + " opacity alone, and those of hue and saturation do nothing to gray");

  public static final Setting<Boolean> ALLOW_TRUNCATED =
      add(
          "allow-truncated",
          FILES,
          ValueTypes.onOff(),
          DecodeRules.standard().allowsTruncated(),
          OURS,
          "Takes a JPEG or PNG with a damaged or missing end as far as it decodes");

  public static final Setting<Duration> DECODE_TIMEOUT =
      add(
          "decode-timeout",
          FILES,
          ValueTypes.time(),
          DecodeRules.standard().timeout(),
          OURS,
          "An image that takes longer to decode is bad");

  public static final Setting<Optional<Variant>> ARCH =
      add(
          "arch",
          MODEL,
          ValueTypes.or("network", ValueTypes.choice(Variant.values(), Variant::label)),
          Optional.of(Variant.VIT_SMALL),
          SCRIPT,
          "Width and depth of the encoder; network for those of weights that are taken");

  public static final Setting<Integer> PATCH_SIZE =
      add(
          "patch-size",
          MODEL,
          ValueTypes.whole(1),
          16,
          SCRIPT,
          "Side of a patch in pixels; must divide all crop sizes");

  public static final Setting<Integer> IMAGE_SIZE =
      add(
          "image-size",
          MODEL,
          ValueTypes.whole(1),
          CROP.global().pixels(),
          SCRIPT,
          "Side of the two global crops in pixels, which is also the input of the encoder");

  public static final Setting<Integer> NUM_PROTOTYPES =
      add(
          "num-prototypes",
          MODEL,
          ValueTypes.whole(2),
          HEAD.numPrototypes(),
          SCRIPT,
          "Components of the mixture");

  public static final Setting<Integer> BOTTLENECK_DIM =
      add(
          "bottleneck-dim",
          MODEL,
          ValueTypes.whole(2),
          HEAD.bottleneckDim(),
          SCRIPT,
          "Dimension of the unit sphere that the mixture lives on");

  public static final Setting<Integer> HEAD_HIDDEN_DIM =
      add(
          "head-hidden-dim",
          MODEL,
          ValueTypes.whole(1),
          HEAD.hiddenDim(),
          SCRIPT,
          "Width of the hidden layers of the head");

  public static final Setting<Double> DROP_PATH =
      add(
          "drop-path",
          MODEL,
          ValueTypes.number(0, 0.99),
          0.1,
          SCRIPT,
          "Rate of stochastic depth in the last block of the student");

  public static final Setting<Precision> PRECISION =
      add(
          "precision",
          MODEL,
          ValueTypes.choice(Precision.values(), Precision::label),
          Precision.FLOAT32,
          OURS + "; DINO's script trains in float16",
          "Of linear layers (biases included) and the products of attention in encoder and head:"
              + " bfloat16 is faster on processors that have it; weights, norms, softmax, scores of"
              + " prototypes and losses are float32 in any case");

  public static final Setting<MethodChoice> METHOD_NAME =
      add(
          "method",
          METHOD,
          ValueTypes.choice(MethodChoice.values(), MethodChoice::label),
          MethodChoice.DINO_VMF,
          OURS,
          "What is trained");

  public static final Setting<Optional<PrototypeKind>> PROTOTYPES =
      add(
          "prototypes",
          METHOD,
          ValueTypes.or("auto", ValueTypes.choice(PrototypeKind.values(), PrototypeKind::label)),
          Optional.empty(),
          "the method's own: unit for dino and ibot, vmf for dino-vmf and ibot-vmf",
          "Kind of prototypes: length 1, free length, or free length with the normalizer");

  public static final Setting<Optional<Center>> CENTER =
      add(
          "center",
          METHOD,
          ValueTypes.or("auto", ValueTypes.choice(Center.values(), Center::label)),
          Optional.empty(),
          "the method's own: logit for dino and ibot, probability for dino-vmf and ibot-vmf",
          "Space in which the teacher is centered");

  public static final Setting<Double> CENTER_MOMENTUM =
      add(
          "center-momentum",
          METHOD,
          ValueTypes.number(0, 1),
          MethodChoice.DINO_VMF.standard().centerMomentum(),
          SCRIPT,
          "Share of the old center in the new one");

  public static final Setting<TargetKind> TEACHER_TARGET =
      add(
          "teacher-target",
          METHOD,
          ValueTypes.choice(TargetKind.values(), TargetKind::label),
          IBOT.target(),
          SCRIPT,
          "What keeps the teacher from giving all to one prototype: the center, or balancing each"
              + " batch by Sinkhorn and Knopp, as DINOv2 can");

  public static final Setting<Double> CLS_WEIGHT =
      add(
          "cls-weight",
          METHOD,
          ValueTypes.number(0, UNBOUNDED),
          IBOT.weights().cls(),
          IBOT_SCRIPT + ", lambda1",
          "Weight of the loss over class tokens");

  public static final Setting<Double> PATCH_WEIGHT =
      add(
          "patch-weight",
          METHOD,
          ValueTypes.positive(),
          IBOT.weights().patch(),
          IBOT_SCRIPT + ", lambda2",
          "Weight of the loss over masked patches" + OF_IBOT);

  public static final Setting<Double> KOLEO_WEIGHT =
      add(
          "koleo-weight",
          METHOD,
          ValueTypes.number(0, UNBOUNDED),
          IBOT.weights().koLeo(),
          OURS + "; DINOv2 has 0.1",
          "Weight of KoLeo, which spreads the class tokens of a batch; 0 for none");

  public static final Setting<LastLayers> LAST_LAYERS =
      add(
          "last-layers",
          METHOD,
          ValueTypes.choice(LastLayers.values(), LastLayers::label),
          IBOT.patches().lastLayers(),
          IBOT_RUNS,
          "Whether masked patches have prototypes of their own: in no network, in both, or in the"
              + " student alone"
              + OF_IBOT);

  public static final Setting<MaskShape> MASK_SHAPE =
      add(
          "mask-shape",
          METHOD,
          ValueTypes.choice(MaskShape.values(), MaskShape::label),
          MASKS.shape(),
          IBOT_SCRIPT,
          "Masks rectangles of patches, or single ones" + OF_IBOT);

  public static final Setting<List<Double>> MASK_RATIO =
      add(
          "mask-ratio",
          METHOD,
          ValueTypes.listOfShares(MOST_RATIOS),
          MASKS.ratios(),
          IBOT_RUNS,
          "Shares of the patches to hide; each global crop takes one of them by chance" + OF_IBOT);

  public static final Setting<List<Double>> MASK_RATIO_VAR =
      add(
          "mask-ratio-var",
          METHOD,
          ValueTypes.listOfShares(MOST_RATIOS),
          MASKS.variations(),
          IBOT_RUNS,
          "Greatest random change of each mask ratio, up or down" + OF_IBOT);

  public static final Setting<Integer> MASK_START_EPOCH =
      add(
          "mask-start-epoch",
          METHOD,
          ValueTypes.whole(0),
          PLAN.patches().startEpoch(),
          IBOT_SCRIPT,
          "Epochs before the first patch is masked" + OF_IBOT);

  public static final Setting<Double> STUDENT_TEMP =
      add(
          "student-temp",
          METHOD,
          ValueTypes.positive(),
          MethodChoice.DINO_VMF.standard().studentTemp(),
          SCRIPT,
          "Temperature of the student");

  public static final Setting<Double> WARMUP_TEACHER_TEMP =
      add(
          "warmup-teacher-temp",
          METHOD,
          ValueTypes.positive(),
          PLAN.warmupTeacherTemp(),
          SCRIPT,
          "Teacher temperature of the first epoch");

  public static final Setting<Double> TEACHER_TEMP =
      add(
          "teacher-temp",
          METHOD,
          ValueTypes.positive(),
          PLAN.teacherTemp(),
          SCRIPT,
          "Teacher temperature after its warm-up");

  public static final Setting<Integer> WARMUP_TEACHER_TEMP_EPOCHS =
      add(
          "warmup-teacher-temp-epochs",
          METHOD,
          ValueTypes.whole(0),
          PLAN.warmupTeacherTempEpochs(),
          SCRIPT,
          "Epochs in which the teacher temperature goes from the one to the other");

  public static final Setting<Double> WARMUP_TEACHER_PATCH_TEMP =
      add(
          "warmup-teacher-patch-temp",
          METHOD,
          ValueTypes.positive(),
          PLAN.patches().warmupTeacherTemp(),
          IBOT_SCRIPT,
          "Teacher temperature for patches in the first epoch that masks some" + OF_IBOT);

  public static final Setting<Double> TEACHER_PATCH_TEMP =
      add(
          "teacher-patch-temp",
          METHOD,
          ValueTypes.positive(),
          PLAN.patches().teacherTemp(),
          IBOT_SCRIPT,
          "Teacher temperature for patches after its warm-up, which is as long as the other"
              + OF_IBOT);

  public static final Setting<Double> TEACHER_MOMENTUM =
      add(
          "teacher-momentum",
          METHOD,
          ValueTypes.number(0, 1),
          PLAN.teacherMomentum(),
          SCRIPT,
          "Share of the old teacher in the new one at the start; a cosine brings it to 1");

  public static final Setting<Integer> LOCAL_CROPS =
      add("local-crops", CROPS, ValueTypes.whole(0), CROP.localCrops(), SCRIPT, "Local crops");

  public static final Setting<Integer> LOCAL_SIZE =
      add(
          "local-size",
          CROPS,
          ValueTypes.whole(1),
          CROP.local().pixels(),
          SCRIPT,
          "Side of the local crops in pixels");

  public static final Setting<Range> GLOBAL_SCALE =
      add(
          "global-scale",
          CROPS,
          ValueTypes.shares(),
          new Range(CROP.global().minScale(), CROP.global().maxScale()),
          SCRIPT,
          "Least and greatest share of the image in a global crop");

  public static final Setting<Range> LOCAL_SCALE =
      add(
          "local-scale",
          CROPS,
          ValueTypes.shares(),
          new Range(CROP.local().minScale(), CROP.local().maxScale()),
          SCRIPT,
          "Least and greatest share of the image in a local crop");

  public static final Setting<Double> FLIP =
      probability("flip", CROP.flipProbability(), "Probability of mirroring a crop");

  public static final Setting<Double> JITTER =
      probability("jitter", CROP.jitter().probability(), "Probability of changing the colors");

  public static final Setting<Double> BRIGHTNESS =
      strength("brightness", 10, CROP.jitter().brightness(), "Greatest change of brightness");

  public static final Setting<Double> CONTRAST =
      strength("contrast", 10, CROP.jitter().contrast(), "Greatest change of contrast");

  public static final Setting<Double> SATURATION =
      strength("saturation", 10, CROP.jitter().saturation(), "Greatest change of saturation");

  public static final Setting<Double> HUE =
      strength("hue", 0.5, CROP.jitter().hue(), "Greatest shift of hue in turns of its circle");

  public static final Setting<Double> GRAY =
      probability("gray", CROP.grayProbability(), "Probability of removing the colors");

  public static final Setting<List<Double>> BLUR =
      add(
          "blur",
          CROPS,
          ValueTypes.three(
              "P P P", "for the first global, the second global and the local crops", 0, 1),
          List.of(
              CROP.blur().firstGlobalProbability(),
              CROP.blur().secondGlobalProbability(),
              CROP.blur().localProbability()),
          SCRIPT,
          "Probability of blurring the first global, the second global and the local crops");

  public static final Setting<List<Double>> BLUR_RADIUS =
      add(
          "blur-radius",
          CROPS,
          ValueTypes.ascending("LEAST GREATEST"),
          List.of(CROP.blur().minRadius(), CROP.blur().maxRadius()),
          SCRIPT,
          "Least and greatest radius of the blur in pixels");

  public static final Setting<Double> SOLARIZE =
      probability(
          "solarize",
          CROP.solarize().probability(),
          "Probability of inverting the bright values of the second global crop");

  public static final Setting<Optional<List<Double>>> MEAN =
      add(
          "mean",
          CROPS,
          ValueTypes.or("auto", ValueTypes.perChannel(0, 1)),
          Optional.empty(),
          "measured on the images",
          "Mean of each channel, for values in 0..1");

  public static final Setting<Optional<List<Double>>> STD =
      add(
          "std",
          CROPS,
          ValueTypes.or("auto", ValueTypes.perChannel(1e-4, 1)),
          Optional.empty(),
          "measured on the images",
          "Standard deviation of each channel, for values in 0..1");

  public static final Setting<Optional<Integer>> EVAL_RESIZE =
      add(
          "eval-resize",
          CROPS,
          ValueTypes.or("auto", ValueTypes.whole(1)),
          Optional.empty(),
          "the published ratio of 256 to 224, or the image size if that is 64 or less",
          "Shorter side before the center is cut out, where an image is encoded and not trained"
              + " on");

  public static final Setting<Integer> EPOCHS =
      add("epochs", SCHEDULE, ValueTypes.whole(1), PLAN.epochs(), SCRIPT, "Passes over the images");

  public static final Setting<Integer> BATCH_SIZE =
      add(
          "batch-size",
          SCHEDULE,
          ValueTypes.whole(1),
          64,
          SCRIPT + ", for each GPU",
          "Images that are held in memory at once");

  public static final Setting<Integer> ACCUMULATE =
      add(
          "accumulate",
          SCHEDULE,
          ValueTypes.whole(1),
          1,
          OURS,
          "Batches of one optimizer step; the result is that of one batch as large as all of them");

  public static final Setting<Boolean> ACTIVATION_CHECKPOINTING =
      add(
          "activation-checkpointing",
          SCHEDULE,
          ValueTypes.onOff(),
          false,
          OURS,
          "Computes the student's blocks a second time for their gradients instead of keeping what"
              + " lies inside them: less memory, a longer step, the same results");

  public static final Setting<Double> LR =
      add(
          "lr",
          SCHEDULE,
          ValueTypes.positive(),
          PLAN.learningRate(),
          SCRIPT,
          "Highest learning rate for a batch of 256 images; it is scaled with the batch");

  public static final Setting<Double> MIN_LR =
      add(
          "min-lr",
          SCHEDULE,
          ValueTypes.number(0, UNBOUNDED),
          PLAN.minLearningRate(),
          SCRIPT,
          "Learning rate at the end, not scaled");

  public static final Setting<Integer> WARMUP_EPOCHS =
      add(
          "warmup-epochs",
          SCHEDULE,
          ValueTypes.whole(0),
          PLAN.warmupEpochs(),
          SCRIPT,
          "Epochs in which the learning rate rises from 0");

  public static final Setting<Double> WEIGHT_DECAY =
      add(
          "weight-decay",
          SCHEDULE,
          ValueTypes.number(0, UNBOUNDED),
          PLAN.weightDecay(),
          SCRIPT,
          "Weight decay at the start");

  public static final Setting<Double> WEIGHT_DECAY_END =
      add(
          "weight-decay-end",
          SCHEDULE,
          ValueTypes.number(0, UNBOUNDED),
          PLAN.weightDecayEnd(),
          SCRIPT,
          "Weight decay at the end");

  public static final Setting<Double> CLIP_GRAD =
      add(
          "clip-grad",
          SCHEDULE,
          ValueTypes.number(0, UNBOUNDED),
          AdamWConfig.dino().clipNorm(),
          SCRIPT,
          "Largest norm of the gradient of one weight, 0 for no limit");

  public static final Setting<Integer> FREEZE_LAST_LAYER =
      add(
          "freeze-last-layer",
          SCHEDULE,
          ValueTypes.whole(0),
          PLAN.freezeLastLayerEpochs(),
          SCRIPT,
          "Epochs in which the prototypes are not trained");

  public static final Setting<Long> SEED =
      add("seed", RUN, ValueTypes.seed(), 0L, SCRIPT, "Where all random choices start from");

  public static final Setting<DeviceChoice> DEVICE =
      add(
          "device",
          RUN,
          ValueTypes.choice(DeviceChoice.values(), DeviceChoice::label),
          DeviceChoice.AUTO,
          OURS,
          "Device that trains; auto takes a GPU where there is one");

  public static final Setting<Optional<Integer>> THREADS =
      add(
          "threads",
          RUN,
          ValueTypes.or("auto", ValueTypes.whole(1)),
          Optional.empty(),
          "one for each CPU core",
          "Bound of every pool of threads");

  public static final Setting<Optional<Duration>> MAX_TIME =
      add(
          "max-time",
          RUN,
          ValueTypes.or("none", ValueTypes.time()),
          RUN_OPTIONS.maxTime(),
          OURS,
          "Saves and stops after this time, such as 30m or 2h");

  public static final Setting<Optional<Integer>> MAX_BAD_IMAGES =
      add(
          "max-bad-images",
          RUN,
          ValueTypes.or("auto", ValueTypes.whole(0)),
          Optional.empty(),
          "1 percent of the images, but never 10 or fewer",
          "Bad images that are passed over before the run stops");

  public static final Setting<Integer> CHECKPOINT_EVERY =
      add(
          "checkpoint-every",
          RUN,
          ValueTypes.whole(1),
          RUN_OPTIONS.checkpointEpochs(),
          OURS,
          "Epochs between two checkpoints");

  public static final Setting<Integer> KEEP_CHECKPOINTS =
      add(
          "keep-checkpoints",
          RUN,
          ValueTypes.whole(1),
          RUN_OPTIONS.keepCheckpoints(),
          OURS,
          "How many of the newest checkpoints are kept");

  public static final Setting<Integer> LOG_EVERY =
      add(
          "log-every",
          RUN,
          ValueTypes.whole(1),
          RUN_OPTIONS.logSteps(),
          SCRIPT,
          "Optimizer steps between two log lines");

  public static final Setting<Integer> KNN_EVERY =
      add(
          "knn-every",
          RUN,
          ValueTypes.whole(0),
          5,
          OURS,
          "Epochs between two kNN evaluations, where there are labels; 0 for none");

  private Settings() {}

  /** All settings, by section. */
  public static List<Setting<?>> all() {
    return List.copyOf(TABLE);
  }

  /** All keys, in the same order. */
  public static List<String> keys() {
    return TABLE.stream().<String>map(Setting::key).toList();
  }

  /** Those that follow from the method, unless they are given. */
  static List<Setting<?>> ofMethod() {
    return List.of(PROTOTYPES, CENTER);
  }

  /** Those that do nothing where no patches are masked. */
  static List<Setting<?>> ofMaskedPatches() {
    return List.of(
        PATCH_WEIGHT,
        LAST_LAYERS,
        MASK_SHAPE,
        MASK_RATIO,
        MASK_RATIO_VAR,
        MASK_START_EPOCH,
        WARMUP_TEACHER_PATCH_TEMP,
        TEACHER_PATCH_TEMP);
  }

  private static Setting<Double> probability(String key, double builtIn, String help) {
    return add(key, CROPS, ValueTypes.number(0, 1), builtIn, SCRIPT, help);
  }

  private static Setting<Double> strength(String key, double max, double builtIn, String help) {
    return add(key, CROPS, ValueTypes.number(0, max), builtIn, SCRIPT, help);
  }

  private static <T> Setting<T> add(
      String key, Section section, ValueType<T> type, T builtIn, String source, String help) {
    Setting<T> setting = new Setting<>(key, section, type, builtIn, source, help);
    TABLE.add(setting);
    return setting;
  }
}
