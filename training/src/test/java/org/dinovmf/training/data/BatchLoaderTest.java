package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dinovmf.training.data.MultiCropConfig.Crop;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchLoaderTest {

  private static final MultiCropConfig CROPS =
      MultiCropConfig.dino().withCrops(new Crop(12, 0.4, 1), new Crop(6, 0.1, 0.4), 3);
  private static final ImageDecoder DECODER = ImageDecoder.standard(1);

  @TempDir Path temp;

  @AfterAll
  static void close() {
    DECODER.close();
  }

  @Test
  void threadsChangeNothing() throws Exception {
    ImageIndex index = images(11);
    List<Batch> one = take(index, config(3).threads(1), BatchPosition.start(), 8);
    List<Batch> four = take(index, config(3).threads(4), BatchPosition.start(), 8);
    assertSame(one, four);
  }

  @Test
  void cacheChangesNothing() throws Exception {
    ImageIndex index = images(11);
    LoaderConfig cached = config(3).threads(2);
    LoaderConfig uncached = new LoaderConfig(3, 1, cached.seed(), 2, 2, 0, Optional.empty());
    assertSame(
        take(index, cached, BatchPosition.start(), 8),
        take(index, uncached, BatchPosition.start(), 8));
  }

  @Test
  void startsAnywhereInTheSequence() throws Exception {
    ImageIndex index = images(11);
    LoaderConfig config = config(3).threads(2);
    List<Batch> all = take(index, config, BatchPosition.start(), 8);
    assertEquals(new BatchPosition(1, 2), all.get(5).position());
    assertSame(all.subList(5, 8), take(index, config, new BatchPosition(1, 2), 3));
  }

  @Test
  void placeOfTheTreeChangesNothing() throws Exception {
    ImageIndex here = images(6);
    Path moved = temp.resolve("elsewhere/deeper");
    Files.createDirectories(moved.getParent());
    Files.move(temp.resolve("images"), moved);
    ImageIndex there = ImageIndexer.scan(List.of(moved), ScanLimits.standard(), 2);
    assertThrows(
        DataException.class,
        () -> take(here, config(2).threads(1), BatchPosition.start(), 1),
        "the files at the old place are gone");
    List<Batch> batches = take(there, config(2).threads(1), BatchPosition.start(), 3);
    Files.move(moved, temp.resolve("images"));
    assertSame(batches, take(here, config(2).threads(1), BatchPosition.start(), 3));
  }

  @Test
  void epochVisitsEachImageOnceInItsOwnOrder() throws Exception {
    ImageIndex index = images(12);
    List<Batch> batches = take(index, config(4).threads(2), BatchPosition.start(), 6);
    List<Integer> first = visited(batches.subList(0, 3));
    List<Integer> second = visited(batches.subList(3, 6));
    assertEquals(12, Set.copyOf(first).size());
    assertEquals(12, Set.copyOf(second).size());
    assertNotEquals(first, second);
  }

  @Test
  void rowsAreTheCropsOfTheirImages() throws Exception {
    ImageIndex index = images(5);
    LoaderConfig config = config(2).threads(2);
    Batch batch = take(index, config, new BatchPosition(7, 1), 1).get(0);
    MultiCrop multiCrop = new MultiCrop(CROPS, config.seed());
    assertEquals(2 * 2 * 12 * 12 * 3, batch.global().length);
    assertEquals(3 * 2 * 6 * 6 * 3, batch.local().length);
    for (int row = 0; row < 2; row++) {
      ImageFile file = index.images().get(batch.images()[row]);
      for (int view = 0; view < CROPS.views(); view++) {
        int bytes = 3 * CROPS.crop(view).pixels() * CROPS.crop(view).pixels();
        byte[] expected = new byte[bytes];
        multiCrop.apply(DECODER.decode(file), 7, file.relativePath(), view, expected, 0);
        // Crop-major: the first crop of every image, then the second.
        int start = ((view < 2 ? view : view - 2) * 2 + row) * bytes;
        byte[] actual =
            Arrays.copyOfRange(view < 2 ? batch.global() : batch.local(), start, start + bytes);
        assertArrayEquals(expected, actual, "row " + row + " view " + view);
        assertEquals(start, batch.offset(view, row));
      }
    }
  }

  @Test
  void noLocalCropsGiveNoLocalBytes() throws Exception {
    ImageIndex index = images(4);
    MultiCropConfig crops = CROPS.withCrops(CROPS.global(), CROPS.local(), 0);
    try (BatchLoader loader = loader(index, crops, config(4).threads(1))) {
      assertEquals(0, loader.next().local().length);
    }
  }

  /** A mask follows from seed, epoch, path and view, and from nothing else. */
  @Test
  void masksAreThoseOfTheirImages() throws Exception {
    ImageIndex index = images(11);
    MaskPlan plan = new MaskPlan(MaskConfig.ibot(), 6, 1);
    LoaderConfig config = config(3).threads(1).withMasks(Optional.of(plan));
    List<Batch> batches = take(index, config, BatchPosition.start(), 8);
    assertSame(
        batches,
        take(index, config(3).threads(4).withMasks(Optional.of(plan)), BatchPosition.start(), 8));
    assertSame(batches.subList(5, 8), take(index, config, new BatchPosition(1, 2), 3));
    int masked = 0;
    for (Batch batch : batches) {
      assertEquals(2 * 3 * 36, batch.mask().length);
      for (int row = 0; row < 3; row++) {
        String path = index.images().get(batch.images()[row]).relativePath();
        for (int view = 0; view < 2; view++) {
          byte[] expected = new byte[36];
          plan.draw(config.seed(), batch.position().epoch(), path, view, expected, 0);
          int start = (view * 3 + row) * 36;
          byte[] found = Arrays.copyOfRange(batch.mask(), start, start + 36);
          assertArrayEquals(expected, found);
          for (byte value : found) {
            masked += value;
            assertTrue(value == 0 || batch.position().epoch() >= 1, "nothing in the first epoch");
          }
        }
      }
    }
    assertTrue(masked > 0);
    // The crops are those of a run that masks nothing.
    Batch plain = take(index, config(3).threads(1), BatchPosition.start(), 1).get(0);
    assertArrayEquals(plain.global(), batches.get(0).global());
    assertEquals(0, plain.mask().length);
  }

  @Test
  void accumulatedStepsEndAnEpochTogether() {
    ImageIndex index = new ImageIndex(files(23), census());
    assertEquals(7, BatchLoader.batchesPerEpoch(index, config(3).threads(1)));
    LoaderConfig steps = config(3).threads(1).withBatchesPerStep(2);
    assertEquals(6, BatchLoader.batchesPerEpoch(index, steps));
  }

  @Test
  void stepLargerThanTheSetSaysWhatFits() {
    ImageIndex index = new ImageIndex(files(23), census());
    LoaderConfig steps = config(8).threads(1).withBatchesPerStep(3);
    assertEquals(
        "a step takes 24 images (3 batches of 8), but there are only 23; "
            + "use a batch size of at most 7",
        assertThrows(DataException.class, () -> BatchLoader.batchesPerEpoch(index, steps))
            .getMessage());
  }

  @Test
  void badImageIsReplacedTheSameWayWhateverTheThreads() throws Exception {
    ImageIndex index = images(12);
    List<Batch> before = take(index, config(3).threads(2), BatchPosition.start(), 4);
    int bad = before.get(1).images()[2];
    damage(index.images().get(bad));

    List<Batch> one = take(index, config(3).threads(1), BatchPosition.start(), 4);
    List<Batch> four = take(index, config(3).threads(4), BatchPosition.start(), 4);

    assertSame(one, four);
    // The image one batch later stands in, so that no batch holds an image twice.
    assertEquals(before.get(2).images()[2], one.get(1).images()[2]);
    assertSame(List.of(before.get(0), before.get(3)), List.of(one.get(0), one.get(3)));
  }

  @Test
  void badImagesAreNamedOnceInTheFile() throws Exception {
    ImageIndex index = images(12);
    ImageFile bad = index.images().get(4);
    damage(bad);
    Path file = temp.resolve("bad_images.jsonl");
    for (int run = 0; run < 2; run++) {
      BadImages badImages = BadImages.recordedIn(file, index, BadImagePolicy.standard());
      try (BatchLoader loader =
          new BatchLoader(
              index, DECODER, CROPS, config(4).threads(2), badImages, BatchPosition.start())) {
        for (int i = 0; i < 6; i++) {
          loader.next();
        }
      }
      assertEquals(1, badImages.count());
    }
    List<String> lines = Files.readAllLines(file);
    assertEquals(1, lines.size());
    assertTrue(
        lines.get(0).startsWith("{\"path\":\"%s\",".formatted(bad.relativePath())), lines.get(0));
    assertTrue(lines.get(0).contains("\"reason\":\"truncated or damaged: "), lines.get(0));
  }

  @Test
  void imageOnceFoundBadIsNotTriedAgain() throws Exception {
    ImageIndex index = images(6);
    ImageFile file = index.images().get(4);
    byte[] whole = Files.readAllBytes(file.path());
    damage(file);
    try (BatchLoader loader = loader(index, CROPS, config(3).threads(1))) {
      loader.next();
      loader.next();
      Files.write(file.path(), whole);
      for (int i = 0; i < 6; i++) {
        Batch batch = loader.next();
        assertTrue(Arrays.stream(batch.images()).noneMatch(image -> image == 4));
      }
    }
  }

  @Test
  void tooManyBadImagesStopTheRun() throws Exception {
    ImageIndex index = images(24);
    for (ImageFile file : index.images().subList(0, 12)) {
      damage(file);
    }
    String message =
        assertThrows(
                DataException.class,
                () -> take(index, config(6).threads(1), BatchPosition.start(), 8))
            .getMessage();
    assertTrue(message.startsWith("11 of 24 images are bad, such as "), message);
    assertTrue(message.endsWith("; repair or remove them, or allow more with --max-bad-images"));
  }

  @Test
  void closingStopsTheThreads() throws Exception {
    ImageIndex index = images(8);
    BatchLoader loader = loader(index, CROPS, config(2).threads(3));
    loader.next();
    loader.close();
    loader.close();
    assertThrows(IllegalStateException.class, loader::next);
    assertFalse(
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(thread -> thread.getName().startsWith("batch-loader-")));
  }

  @Test
  void waitingIsMeasured() throws Exception {
    try (BatchLoader loader = loader(images(8), CROPS, config(2).threads(1))) {
      assertEquals(0, loader.waitNanos());
      loader.next();
      assertTrue(loader.waitNanos() > 0);
    }
  }

  @Test
  void batchBeyondTheArrayLimitIsRefused() {
    MultiCropConfig crops = CROPS.withCrops(new Crop(4096, 0.4, 1), CROPS.local(), 1);
    ImageIndex index = new ImageIndex(files(64), census());
    assertEquals(
        "2 crops of 4096 pixels for each of 32 images are more than 2 GiB; use a smaller batch",
        assertThrows(
                IllegalArgumentException.class,
                () -> loader(index, crops, config(32).threads(1)).close())
            .getMessage());
  }

  /** Small sets in few words: {@code config(3).threads(2)}. */
  private record Threads(int batchSize) {
    LoaderConfig threads(int threads) {
      return LoaderConfig.of(batchSize, 42, threads);
    }
  }

  private static Threads config(int batchSize) {
    return new Threads(batchSize);
  }

  private static BatchLoader loader(ImageIndex index, MultiCropConfig crops, LoaderConfig config) {
    BadImages badImages = BadImages.unrecorded(index, BadImagePolicy.standard());
    return new BatchLoader(index, DECODER, crops, config, badImages, BatchPosition.start());
  }

  private static List<Batch> take(
      ImageIndex index, LoaderConfig config, BatchPosition start, int count)
      throws InterruptedException {
    BadImages badImages = BadImages.unrecorded(index, BadImagePolicy.standard());
    List<Batch> batches = new ArrayList<>();
    try (BatchLoader loader = new BatchLoader(index, DECODER, CROPS, config, badImages, start)) {
      for (int i = 0; i < count; i++) {
        batches.add(loader.next());
      }
    }
    return batches;
  }

  private static List<Integer> visited(List<Batch> batches) {
    return batches.stream().flatMap(b -> Arrays.stream(b.images()).boxed()).toList();
  }

  private static void assertSame(List<Batch> expected, List<Batch> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).position(), actual.get(i).position());
      assertArrayEquals(expected.get(i).images(), actual.get(i).images());
      assertArrayEquals(expected.get(i).global(), actual.get(i).global());
      assertArrayEquals(expected.get(i).local(), actual.get(i).local());
      assertArrayEquals(expected.get(i).mask(), actual.get(i).mask());
    }
    Set<String> distinct = new HashSet<>();
    actual.forEach(batch -> distinct.add(Arrays.toString(batch.global())));
    assertEquals(actual.size(), distinct.size(), "no two batches are alike");
  }

  private ImageIndex images(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      TestImages.writePng(temp.resolve("images/" + i + ".png"), 20 + i, 15, i);
    }
    return ImageIndexer.scan(List.of(temp.resolve("images")), ScanLimits.standard(), 2);
  }

  /** Changes the picture, not the header and not the length: only decoding can tell. */
  private static void damage(ImageFile file) throws IOException {
    byte[] bytes = Files.readAllBytes(file.path());
    Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0);
    Files.write(file.path(), bytes);
  }

  private static List<ImageFile> files(int count) {
    List<ImageFile> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(new ImageFile(Path.of("x"), "x" + i, ImageFormat.PNG, 9, 9, 1, 99));
    }
    return files;
  }

  private static Census census() {
    return new Findings().index().census();
  }
}
