package org.dinovmf.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.graph.HeadConfig;
import org.dinovmf.graph.VitConfig;
import org.dinovmf.graph.VitConfig.Variant;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.graph.preprocessing.Normalization;
import org.dinovmf.tools.config.Facts.Device;
import org.dinovmf.training.loss.Center;
import org.dinovmf.training.method.LastLayers;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PatchConfig;
import org.dinovmf.training.method.PrototypeKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a network whose weights are taken says about settings. */
class NetworkTest {

  private static final Normalization GRAY = new Normalization(List.of(0.4), List.of(0.3));
  private static final Facts FACTS = new Facts(6000, 500, Device.CPU, 4, 16L << 30);

  @TempDir private Path folder;

  @Test
  void bringsItsSizesAndWhatItWasTrainedWith() {
    Resolved resolved = resolve(dino(1), Map.of(), "");
    assertEquals(Channels.GRAY, resolved.get(Settings.CHANNELS));
    assertEquals(Optional.of(Variant.VIT_NANO), resolved.get(Settings.ARCH));
    assertEquals(16, resolved.get(Settings.PATCH_SIZE));
    assertEquals(12, resolved.get(Settings.NUM_PROTOTYPES));
    assertEquals(Optional.of(GRAY.mean()), resolved.get(Settings.MEAN));
    assertEquals(MethodChoice.DINO, resolved.get(Settings.METHOD_NAME));
    assertEquals(Optional.of(PrototypeKind.FREE), resolved.get(Settings.PROTOTYPES));
    assertEquals("network of 'R'", resolved.origin(Settings.PATCH_SIZE).toString());
    assertEquals(
        List.of(
            "channels 1, arch vit_nano, patch-size 16, num-prototypes 12, bottleneck-dim 4, head-hidden-dim 8 and 2 more: network of 'R'",
            "image-size 224, method dino, prototypes free, center logit, local-size 96: network of 'R', as before"),
        resolved.choices().stream().filter(line -> line.contains("network of")).toList());
  }

  @Test
  void sizesCanOnlyBeConfirmedByFlagAndFileAlike() {
    Resolved resolved = resolve(dino(1), Map.of("patch-size", "16"), "num-prototypes: 12\n");
    assertEquals("flag", resolved.origin(Settings.PATCH_SIZE).toString());
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () ->
                resolve(
                    dino(1),
                    Map.of("patch-size", "8"),
                    "arch: vit_small\nchannels: 3\nnum-prototypes: 9\n"));
    assertEquals(
        "options must fit the network of 'R': --arch vit_small (file c.yaml:1) must be vit_nano; --patch-size 8 (flag) must be 16; --channels 3 (file c.yaml:2) must be 1; --num-prototypes 9 (file c.yaml:3) must be 12; leave them out",
        e.getMessage().replace(folder + "/", ""));
  }

  @Test
  void aFileWinsOverWhatItWasTrainedWith() {
    Resolved resolved =
        resolve(dino(3), Map.of(), "mean: [0.1, 0.2, 0.3]\nmethod: dino-vmf\nimage-size: 64\n");
    assertEquals(Optional.of(List.of(0.1, 0.2, 0.3)), resolved.get(Settings.MEAN));
    assertEquals(Optional.of(color().std()), resolved.get(Settings.STD));
    assertEquals(Optional.of(PrototypeKind.VMF), resolved.get(Settings.PROTOTYPES));
    assertEquals(Optional.of(Center.PROBABILITY), resolved.get(Settings.CENTER));
    assertEquals(
        32, resolved.get(Settings.LOCAL_SIZE), "27 in proportion to 64 of 224, or 2 patches");
  }

  @Test
  void localCropsKeepTheProportionToAnImageSizeThatIsGiven() {
    assertEquals(48, resolve(dino(3), Map.of("image-size", "112"), "").get(Settings.LOCAL_SIZE));
    Resolved both = resolve(dino(3), Map.of("image-size", "112", "local-size", "64"), "");
    assertEquals(64, both.get(Settings.LOCAL_SIZE));
  }

  @Test
  void aPresetChoosesTheMethodAndTheCropsButNotThePixels() {
    Request request = new Request(Map.of(), Optional.empty(), Optional.of("ibot-vmf-vits16"));
    Network network = dino(3, Variant.VIT_SMALL.config(384, 16, 3));
    Resolved resolved = Resolver.resolve(request, Optional.of(network), Optional.empty());
    assertEquals(MethodChoice.IBOT_VMF, resolved.get(Settings.METHOD_NAME));
    assertEquals(Optional.of(PrototypeKind.VMF), resolved.get(Settings.PROTOTYPES));
    assertEquals(224, resolved.get(Settings.IMAGE_SIZE));
    assertEquals(Optional.of(color().mean()), resolved.get(Settings.MEAN));
    assertEquals(12, resolved.get(Settings.NUM_PROTOTYPES));
  }

  @Test
  void lastLayersOfTheirOwnAreKeptWhereverPatchesAreMasked() {
    Method separate =
        Method.ibot().withPatches(new PatchConfig(LastLayers.SEPARATE, PatchConfig.ibot().masks()));
    Network ibot =
        new Network(
            "R",
            Variant.VIT_NANO.config(224, 16, 3),
            Optional.of(new HeadConfig(64, 8, 4, 12)),
            color(),
            Optional.of(separate));
    Resolved vmf = resolve(ibot, Map.of("method", "ibot-vmf"), "");
    assertEquals(LastLayers.SEPARATE, vmf.get(Settings.LAST_LAYERS));
    assertEquals(Optional.of(PrototypeKind.VMF), vmf.get(Settings.PROTOTYPES));
    assertEquals(
        LastLayers.SHARED, resolve(ibot, Map.of("method", "dino"), "").get(Settings.LAST_LAYERS));
  }

  /** Memory is counted for the encoder that is trained, which no name stands for. */
  @Test
  void anEncoderWithoutANameIsCountedAsItIs() {
    Network wide =
        new Network(
            "R",
            VitConfig.plain(224, 16, 1536, 24, 24, 4, 3),
            Optional.empty(),
            color(),
            Optional.empty());
    Resolved resolved = resolve(wide, Map.of(), "");
    assertEquals(Optional.empty(), resolved.get(Settings.ARCH));
    assertTrue(
        resolved.toYaml().lines().anyMatch(line -> line.matches("arch: network +# network of 'R'")),
        resolved::toYaml);
    assertEquals(wide.encoder(), resolved.trainConfig().model().encoder());
    assertEquals(1536, resolved.trainConfig().model().head().inDim());
    assertTrue(
        resolved.get(Settings.BATCH_SIZE) < resolve(dino(3), Map.of(), "").get(Settings.BATCH_SIZE),
        "fewer images of so wide a network fit");
    assertThrows(ConfigException.class, () -> resolved.requireMemory(4L << 30));
    assertThrows(
        ConfigException.class, () -> resolve(wide, Map.of("arch", "vit_small"), ""), "a name");
    Path again = write(resolved.toYaml());
    Resolved second =
        Resolver.resolve(
            new Request(Map.of(), Optional.of(again), Optional.empty()),
            Optional.of(wide),
            Optional.empty());
    assertEquals(resolved.trainConfig(), second.trainConfig());
  }

  @Test
  void channelsThatNoImageHasAreRefused() {
    ConfigException e = assertThrows(ConfigException.class, () -> resolve(dino(2), Map.of(), ""));
    assertEquals("images have 1, 3 or 4 channels, but the network of 'R' takes 2", e.getMessage());
  }

  private static Network dino(int channels) {
    return dino(channels, Variant.VIT_NANO.config(224, 16, channels));
  }

  private static Network dino(int channels, VitConfig encoder) {
    Method method = Method.distillation(PrototypeKind.FREE, Center.LOGIT, 0.9, 0.1);
    return new Network(
        "R",
        encoder,
        Optional.of(new HeadConfig(encoder.embedDim(), 8, 4, 12)),
        channels == 1 ? GRAY : color(),
        Optional.of(method));
  }

  private static Normalization color() {
    return new Normalization(List.of(0.4, 0.5, 0.6), List.of(0.3, 0.2, 0.1));
  }

  private Resolved resolve(Network network, Map<String, String> flags, String yaml) {
    Map<String, List<String>> words = new HashMap<>();
    flags.forEach((key, value) -> words.put(key, List.of(value)));
    Request request =
        new Request(
            words, yaml.isEmpty() ? Optional.empty() : Optional.of(write(yaml)), Optional.empty());
    return Resolver.resolve(request, Optional.of(network), Optional.of(FACTS));
  }

  private Path write(String yaml) {
    try {
      return Files.writeString(folder.resolve("c.yaml"), yaml);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
