package org.dinovmf.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.dinovmf.training.weights.StoredTensor;
import org.dinovmf.training.weights.WeightFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Centers of iBOT, which are 0 in the file that PyTorch wrote: here each has values of its own. */
final class ImportedCentersTest {

  private static final Path IBOT = Path.of("../training/src/test/resources/interop/ibot-full.pth");
  private static final int PROTOTYPES = 24;

  @TempDir private Path folder;

  private final float[] ofImages = new float[PROTOTYPES];
  private final float[] ofPatches = new float[PROTOTYPES];
  private Path run;

  @BeforeEach
  void importCenters() throws IOException {
    for (int k = 0; k < PROTOTYPES; k++) {
      ofImages[k] = 0.25f * k - 2;
      ofPatches[k] = 100 - k;
    }
    run = folder.resolve("run");
    CommandRun imported = CommandRun.of("import", withCenters(), "--heads=2", "--out", run);
    assertEquals(0, imported.exitCode(), imported.err());
    assertTrue(
        imported.out().lines().noneMatch(line -> line.contains("ibot_loss")), imported.out());
  }

  @Test
  void eachCenterIsThatOfItsLoss() throws IOException {
    Map<String, float[]> values = Imports.weights(run);
    assertArrayEquals(ofImages, values.get("method/center"));
    assertArrayEquals(ofPatches, values.get("method/patch_center"));
  }

  @Test
  void eachCenterIsExportedUnderItsName() throws IOException {
    Path back = folder.resolve("back.pth");
    CommandRun exported =
        CommandRun.of("export", "pth", "--run", run, "--out", back, "--part=full");
    assertEquals(0, exported.exitCode(), exported.err());
    try (WeightFile file = WeightFile.open(back)) {
      Map<String, StoredTensor> centers = file.groups().get("ibot_loss");
      assertArrayEquals(ofImages, centers.get("center").floats());
      assertArrayEquals(ofPatches, centers.get("center2").floats());
    }
  }

  /** The file with other bytes in the two storages of zeros, which are numbered as pickled. */
  private Path withCenters() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(IBOT.toFile())) {
      for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
        ZipEntry entry = all.nextElement();
        entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
    List<String> zeros = new ArrayList<>();
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      if (Arrays.equals(entry.getValue(), new byte[PROTOTYPES * Double.BYTES])) {
        zeros.add(entry.getKey());
      }
    }
    assertEquals(2, zeros.size(), "center, and center2 after it");
    entries.put(zeros.get(0), bytes(ofImages));
    entries.put(zeros.get(1), bytes(ofPatches));
    Path file = folder.resolve("centers.pth");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<String, byte[]> one : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(one.getKey());
        CRC32 sum = new CRC32();
        sum.update(one.getValue());
        entry.setSize(one.getValue().length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(one.getValue());
      }
    }
    return file;
  }

  /** Of float64, as the file has its centers. */
  private static byte[] bytes(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putDouble(value);
    }
    return bytes.array();
  }
}
