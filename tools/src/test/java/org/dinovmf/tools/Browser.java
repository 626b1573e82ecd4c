package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A real browser without a window, where one is installed. */
final class Browser {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private static final long SECONDS = 60;

  /** What goes wrong, from the first line of the page on. */
  private static final String LISTENER =
      """
      <script>
      window.faults = [];
      addEventListener("error", e => faults.push(String(e.message || e.target.alt)), true);
      addEventListener("unhandledrejection", e => faults.push(String(e.reason)));
      </script>
      """;

  /** Every image must be there, and every button is pressed twice. */
  private static final String CHECK =
      """
      <script>
      addEventListener("load", () => {
        for (const image of document.images) {
          if (!image.complete || image.naturalWidth === 0) faults.push("not loaded: " + image.alt);
        }
        const sorted = {};
        for (const bar of document.querySelectorAll("[data-sorts]")) {
          const list = document.getElementById(bar.dataset.sorts);
          for (const button of bar.querySelectorAll("button")) {
            const read = () => [...list.children].map(card => Number(card.dataset[button.dataset.key]));
            if (button.getAttribute("aria-pressed") !== "true") button.click();
            const falling = read();
            button.click();
            sorted[button.dataset.key] = { falling, rising: read() };
          }
        }
        const found = {
          faults, sorted, images: document.images.length,
          wide: document.documentElement.scrollWidth > innerWidth,
        };
        const text = document.createElement("pre");
        text.id = "found";
        text.textContent = JSON.stringify(found);
        document.body.append(text);
      });
      </script>
      """;

  private Browser() {}

  /**
   * Opens a page in a window of a phone's width and says what it found; skips where there is none.
   */
  static JsonNode check(Path page, Path scratch) throws IOException, InterruptedException {
    Optional<Path> program = find();
    assumeTrue(program.isPresent(), "no Chromium on the path");
    String html = Files.readString(page);
    assertTrue(html.contains("<head>") && html.contains("</body>"), "a whole page");
    Path checked = scratch.resolve("checked.html");
    Files.writeString(
        checked, html.replace("<head>", "<head>" + LISTENER).replace("</body>", CHECK + "</body>"));
    Path dom = scratch.resolve("dom.html");
    Path log = scratch.resolve("browser.log");
    Process process =
        new ProcessBuilder(
                program.get().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--enable-logging=stderr",
                "--window-size=500,900",
                "--virtual-time-budget=20000",
                "--user-data-dir=" + scratch.resolve("profile"),
                "--dump-dom",
                checked.toUri().toString())
            .redirectOutput(dom.toFile())
            .redirectError(log.toFile())
            .start();
    boolean isDone = process.waitFor(SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertTrue(isDone, "the browser took longer than a minute");
    String messages = Files.readString(log, StandardCharsets.ISO_8859_1);
    assertTrue(!messages.contains("CONSOLE"), messages);
    Matcher found =
        Pattern.compile("<pre id=\"found\">(.*?)</pre>", Pattern.DOTALL)
            .matcher(Files.readString(dom));
    assertTrue(found.find(), "the page did not come to an end: " + messages);
    JsonNode json = new ObjectMapper().readTree(found.group(1));
    assertEquals("[]", json.get("faults").toString());
    return json;
  }

  private static Optional<Path> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
