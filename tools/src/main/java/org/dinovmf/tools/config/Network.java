package org.dinovmf.tools.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.VitConfig.Variant;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.training.RunRecord;
import org.dinovmf.training.TrainConfig;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.weights.ImportReport;

/**
 * A network whose weights are there already. Its sizes are no choices any more; the rest of what it
 * was trained with is taken where nothing else is said.
 *
 * @param source run or file of the weights, for messages
 * @param encoder which settings can only say in part
 * @param head if its weights are there too
 * @param pixels mean and deviation that the encoder is used to
 * @param method of the head, if its weights are there
 */
public record Network(
    String source,
    VitConfig encoder,
    Optional<HeadConfig> head,
    Normalization pixels,
    Optional<Method> method) {

  private static final int PUBLISHED_SIDE = 224;
  private static final int PUBLISHED_LOCAL_SIDE = 96;

  /** The network of a run that was trained or imported; an imported encoder has no head of use. */
  public static Network ofRun(Path run) throws IOException {
    RunRecord record = RunRecord.read(run);
    boolean isTrained = record.data().images() > 0;
    boolean hasHead = isTrained || ImportReport.read(run).map(ImportReport::hasHead).orElse(true);
    return of(run.toString(), record.config(), hasHead);
  }

  /** That of {@code --init-from}, where it is given. */
  public static Optional<Network> givenIn(Resolved given) throws IOException {
    Optional<Path> run = given.get(Settings.INIT_FROM);
    return run.isPresent() ? Optional.of(ofRun(run.get())) : Optional.empty();
  }

  /** The network of a configuration. */
  public static Network of(String source, TrainConfig config, boolean hasHead) {
    return new Network(
        source,
        config.model().encoder(),
        hasHead ? Optional.of(config.model().head()) : Optional.empty(),
        config.normalization(),
        hasHead ? Optional.of(config.model().method()) : Optional.empty());
  }

  /**
   * Sets the sizes.
   *
   * @param given by flag and file
   * @return the faults of what was given
   * @throws ConfigException if no image has as many channels as the network takes
   */
  List<String> fix(Entries given) {
    List<String> faults = new ArrayList<>();
    if (given.get(Settings.ARCH).filter(arch -> arch.value().isPresent()).isPresent()) {
      fix(given, Settings.ARCH, variant(), faults);
    } else {
      given.put(Settings.ARCH, variant(), origin());
    }
    fix(given, Settings.PATCH_SIZE, encoder.patchSize(), faults);
    fix(given, Settings.CHANNELS, channels(), faults);
    head.ifPresent(
        sizes -> {
          fix(given, Settings.HEAD_HIDDEN_DIM, sizes.hiddenDim(), faults);
          fix(given, Settings.BOTTLENECK_DIM, sizes.bottleneckDim(), faults);
          fix(given, Settings.NUM_PROTOTYPES, sizes.numPrototypes(), faults);
        });
    return faults.isEmpty()
        ? List.of()
        : List.of(
            "options must fit the network of '%s': %s; leave them out"
                .formatted(source, String.join("; ", faults)));
  }

  private <T> void fix(Entries given, Setting<T> setting, T value, List<String> faults) {
    given.offer(setting, value, origin());
    if (!given.value(setting).equals(value)) {
      faults.add(
          "%s must be %s".formatted(given.describe(setting), setting.type().arguments(value)));
    }
  }

  private Channels channels() {
    return Arrays.stream(Channels.values())
        .filter(channels -> channels.count() == encoder.inChannels())
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    List.of(
                        "images have 1, 3 or 4 channels, but the network of '%s' takes %d"
                            .formatted(source, encoder.inChannels()))));
  }

  /** The named sizes of the encoder; none for others. */
  private Optional<Variant> variant() {
    return Arrays.stream(Variant.values())
        .filter(
            variant -> {
              VitConfig named =
                  variant.config(encoder.imageSize(), encoder.patchSize(), encoder.inChannels());
              return named.embedDim() == encoder.embedDim()
                  && named.depth() == encoder.depth()
                  && named.numHeads() == encoder.numHeads()
                  && named.mlpRatio() == encoder.mlpRatio();
            })
        .findFirst();
  }

  /** Mean and deviation of the pixels, which even a preset leaves as they are. */
  void offerPixels(Entries entries) {
    entries.offer(Settings.MEAN, Optional.of(pixels.mean()), origin());
    entries.offer(Settings.STD, Optional.of(pixels.std()), origin());
  }

  /** The method that the head comes from, and sides of crops that suit the encoder. */
  Entries suggestions(Entries chosen) {
    Entries suggested = new Entries();
    Origin before = Origin.network(source, "as before");
    int image = chosen.get(Settings.IMAGE_SIZE).map(Entries.Entry::value).orElse(side());
    suggested.put(Settings.IMAGE_SIZE, image, before);
    suggested.put(Settings.LOCAL_SIZE, localSide(image), before);
    method.ifPresent(
        known -> {
          suggested.put(Settings.METHOD_NAME, MethodChoice.of(known), before);
          suggested.put(Settings.PROTOTYPES, Optional.of(known.prototypes()), before);
          suggested.put(Settings.CENTER, Optional.of(known.center()), before);
          if (known.masksPatches()) {
            suggested.put(Settings.LAST_LAYERS, known.lastLayers(), before);
          }
        });
    return suggested;
  }

  /** Of the global crops: that of the position table, or what the published training takes. */
  private int side() {
    boolean isLarge =
        encoder.imageSize() > PUBLISHED_SIDE && PUBLISHED_SIDE % encoder.patchSize() == 0;
    return isLarge ? PUBLISHED_SIDE : encoder.imageSize();
  }

  /** Of the local crops, in the published proportion. */
  private int localSide(int image) {
    int patch = encoder.patchSize();
    double wanted = (double) image * PUBLISHED_LOCAL_SIDE / PUBLISHED_SIDE;
    return Math.max(1, (int) Math.round(wanted / patch)) * patch;
  }

  private Origin origin() {
    return Origin.network(source, "");
  }
}
