package org.dinovmf.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {

  static List<Setting<?>> settings() {
    return Settings.all();
  }

  @ParameterizedTest
  @MethodSource("settings")
  <T> void readsItsOwnBuiltInValue(Setting<T> setting) {
    assertEquals(setting.builtIn(), setting.parse(setting.type().words().apply(setting.builtIn())));
    assertEquals(
        setting.builtIn(), setting.parse(List.of(setting.type().arguments(setting.builtIn()))));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void isDescribedAndSourced(Setting<?> setting) {
    assertTrue(setting.key().matches("[a-z]+(-[a-z]+)*"), setting.key());
    assertFalse(setting.help().isBlank());
    assertFalse(setting.help().endsWith("."));
    assertFalse(setting.source().isBlank());
  }

  @Test
  void keysAreUnique() {
    assertEquals(Settings.keys().size(), new HashSet<>(Settings.keys()).size());
  }

  @Test
  void builtInValuesAreThoseOfThePublishedScript() {
    // facebookresearch/dino, get_args_parser of main_dino.py, and its fixed values.
    assertEquals("vit_small", text("arch"));
    assertEquals("16", text("patch-size"));
    assertEquals("65536", text("num-prototypes"));
    assertEquals("0.996", text("teacher-momentum"));
    assertEquals("0.04", text("warmup-teacher-temp"));
    assertEquals("0.04", text("teacher-temp"));
    assertEquals("0", text("warmup-teacher-temp-epochs"));
    assertEquals("0.04", text("weight-decay"));
    assertEquals("0.4", text("weight-decay-end"));
    assertEquals("3", text("clip-grad"));
    assertEquals("64", text("batch-size"));
    assertEquals("100", text("epochs"));
    assertEquals("1", text("freeze-last-layer"));
    assertEquals("0.0005", text("lr"));
    assertEquals("10", text("warmup-epochs"));
    assertEquals("0.000001", text("min-lr"));
    assertEquals("0.1", text("drop-path"));
    assertEquals("[0.4, 1]", text("global-scale"));
    assertEquals("8", text("local-crops"));
    assertEquals("[0.05, 0.4]", text("local-scale"));
    assertEquals("0.1", text("student-temp"));
    assertEquals("0.9", text("center-momentum"));
    assertEquals("[1, 0.1, 0.5]", text("blur"));
    assertEquals("0.2", text("solarize"));
  }

  @Test
  void builtInValuesForMaskedPatchesAreThoseOfIbot() {
    // bytedance/ibot, get_args_parser of main_ibot.py; ratios and head as in the README's command.
    assertEquals("1", text("cls-weight"));
    assertEquals("1", text("patch-weight"));
    assertEquals("block", text("mask-shape"));
    assertEquals("[0, 0.3]", text("mask-ratio"));
    assertEquals("[0, 0.2]", text("mask-ratio-var"));
    assertEquals("0", text("mask-start-epoch"));
    assertEquals("shared", text("last-layers"));
    assertEquals("0.04", text("warmup-teacher-patch-temp"));
    assertEquals("0.07", text("teacher-patch-temp"));
    assertEquals("0", text("koleo-weight"));
    assertEquals("centered", text("teacher-target"));
  }

  private static String text(String key) {
    return text(setting(key));
  }

  private static Setting<?> setting(String key) {
    return Settings.all().stream().filter(s -> s.key().equals(key)).findFirst().orElseThrow();
  }

  private static <T> String text(Setting<T> setting) {
    return setting.type().yaml(setting.builtIn());
  }
}
