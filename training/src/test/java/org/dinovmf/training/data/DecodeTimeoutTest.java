package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.dinovmf.graph.preprocessing.Channels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A JPEG with very many scans: a file of a few kilobytes that is decoded for as long as its maker
 * wants, the one hostile image that no look at sizes finds.
 */
class DecodeTimeoutTest {

  private static final int SIDE = 1500;

  /** Decoding them takes seconds on any machine, after which the thread left behind ends. */
  private static final int SCANS = 600;

  private static final DecodeRules BRIEF = new DecodeRules(false, Duration.ofMillis(500));

  @TempDir private Path folder;

  @Test
  void hostileFileIsBadAndTheNextOneIsDecoded() throws IOException {
    try (ImageDecoder decoder = new ImageDecoder(ScanLimits.standard(), Channels.COLOR, BRIEF, 1)) {
      byte[] good = TestImages.read("jpeg-baseline.jpg");
      decoder.decode(good); // the first takes longer
      byte[] hostile = manyScans();
      BadImageException bad = assertThrows(BadImageException.class, () -> decoder.decode(hostile));
      assertEquals("decoding was given up after 0.5 seconds", bad.getMessage());
      assertEquals(TestImages.WIDTH, decoder.decode(good).width());
    }
  }

  @Test
  void isCountedAndNamedByTheLoader() throws IOException, InterruptedException {
    for (int i = 0; i < 4; i++) {
      TestImages.writePng(folder.resolve(i + ".png"), 8, 8, i);
    }
    Files.write(folder.resolve("hostile.jpg"), manyScans());
    ImageIndex index = ImageIndexer.scan(List.of(folder), ScanLimits.standard(), 1);
    assertEquals(5, index.size(), "its header is good");
    Path list = folder.resolve("bad_images.jsonl");
    BadImages badImages = BadImages.recordedIn(list, index, BadImagePolicy.standard());
    LoaderConfig config = LoaderConfig.of(5, 0, 1);
    MultiCropConfig crops =
        MultiCropConfig.dino()
            .withCrops(
                new MultiCropConfig.Crop(8, 0.4, 1), new MultiCropConfig.Crop(4, 0.1, 0.4), 0);
    try (ImageDecoder decoder = new ImageDecoder(ScanLimits.standard(), Channels.COLOR, BRIEF, 1);
        BatchLoader loader =
            new BatchLoader(index, decoder, crops, config, badImages, BatchPosition.start())) {
      Batch batch = loader.next();
      int hostile = index.images().size() - 1;
      assertEquals("hostile.jpg", index.images().get(hostile).relativePath());
      for (int image : batch.images()) {
        assertFalse(image == hostile);
      }
    }
    assertEquals(1, badImages.count());
    assertTrue(Files.readString(list).contains("\"decoding was given up after 0.5 seconds\""));
  }

  /** An even picture's last scan, which is short, many times over. */
  private static byte[] manyScans() throws IOException {
    byte[] jpeg = progressive();
    int lastScan = 0;
    for (int i = 0; i + 1 < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xFF && jpeg[i + 1] == (byte) 0xDA) {
        lastScan = i;
      }
    }
    int end = jpeg.length - 2; // before the marker of the end
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(jpeg, 0, lastScan);
    for (int i = 0; i < SCANS; i++) {
      file.write(jpeg, lastScan, end - lastScan);
    }
    file.write(jpeg, end, 2);
    assertTrue(file.size() < 1 << 20, "a small file: " + file.size());
    return file.toByteArray();
  }

  private static byte[] progressive() throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      BufferedImage even = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      writer.write(null, new IIOImage(even, null, null), options);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
