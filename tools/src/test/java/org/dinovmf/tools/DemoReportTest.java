package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dinovmf.tools.report.MetricsLog;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The run of the demonstration is a run like any other. */
@Tag("slow")
final class DemoReportTest {

  /** An epoch of 375 steps, the least there is, with a report every 50 steps. */
  @Test
  void runOfTheDemoHasAReportWithCurves(@TempDir Path scratch)
      throws IOException, InterruptedException {
    Path demo = scratch.resolve("demo");
    CommandRun found = CommandRun.of("demo", "--out", demo, "--minutes", "0.01");
    assertEquals(0, found.exitCode(), found.err());
    Path run = demo.resolve("run");
    assertTrue(MetricsLog.read(run).reports().size() >= 7);
    CommandRun report = CommandRun.of("report", run, "--max-images", 200);
    assertEquals(0, report.exitCode(), report.err());
    Path page = run.resolve("report.html");
    String html = Files.readString(page);
    for (String id : new String[] {"health", "curves", "atlas", "crops"}) {
      assertTrue(html.contains("<section id=\"" + id + "\">"), id);
    }
    assertTrue(Browser.check(page, scratch).get("images").intValue() > 10);
  }
}
