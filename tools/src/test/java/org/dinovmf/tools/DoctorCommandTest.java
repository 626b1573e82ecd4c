package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {

  @Tag("slow")
  @Test
  void tellsWhatTheMachineHas() {
    CommandRun run = CommandRun.of("doctor");
    assertEquals(0, run.exitCode(), run.err());
    for (String name :
        List.of(
            "version",
            "device",
            "CUDA libraries",
            "GPU's TF32",
            "GPU's XLA",
            "GPU's memory",
            "memory",
            "processor",
            "threads")) {
      assertTrue(run.out().lines().anyMatch(line -> line.startsWith(name + " ")), run.out());
    }
    assertTrue(run.out().contains("TensorFlow 2.18"), run.out());
    Matcher rate = Pattern.compile("product +(\\d+) GFLOP/s in bfloat16").matcher(run.out());
    assertTrue(rate.find(), run.out());
    assertTrue(Integer.parseInt(rate.group(1)) > 0, run.out());
  }
}
