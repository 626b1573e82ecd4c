package org.dinovmf.tools.demo;

import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/**
 * Makes the part of Fashion-MNIST that ships with the project: the first images of each class, as
 * grayscale PNG files in class folders, in one ZIP archive.
 *
 * <p>It depends on the JDK only, so that it runs from its source file:
 *
 * <pre>java FashionMnistSubset.java IDX_FOLDER OUTPUT_FOLDER</pre>
 *
 * where {@code IDX_FOLDER} holds the four {@code .gz} files of the data set (Debian's package
 * {@code dataset-fashion-mnist} puts them into one). The same input gives the same bytes.
 */
public final class FashionMnistSubset {

  /** Folder names in the order of the labels 0 to 9; "T-shirt/top" loses its slash. */
  static final List<String> CLASSES =
      List.of(
          "t-shirt-top",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle-boot");

  static final String ARCHIVE = "fashion-mnist-subset.zip";
  static final int TRAIN_PER_CLASS = 600;
  static final int TEST_PER_CLASS = 100;

  /** IDX magic numbers: two zero bytes, 8 for unsigned bytes, the number of dimensions. */
  private static final int IMAGES_MAGIC = 0x00000803;

  private static final int LABELS_MAGIC = 0x00000801;

  /** A ZIP entry needs a time; a fixed one keeps the archive the same from run to run. */
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(2017, 8, 25, 0, 0);

  private FashionMnistSubset() {}

  /** Runs the program; the arguments are the IDX folder and the output folder. */
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: java FashionMnistSubset.java IDX_FOLDER OUTPUT_FOLDER");
      System.exit(2);
    }
    Path archive = write(Path.of(args[0]), Path.of(args[1]), TRAIN_PER_CLASS, TEST_PER_CLASS);
    System.out.println("wrote " + archive);
  }

  /** Writes the archive into {@code outputFolder} and returns its path. */
  static Path write(Path idxFolder, Path outputFolder, int trainPerClass, int testPerClass)
      throws IOException {
    Files.createDirectories(outputFolder);
    Path archive = outputFolder.resolve(ARCHIVE);
    try (OutputStream file = Files.newOutputStream(archive);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      addPart(zip, idxFolder, "train", "train", trainPerClass);
      addPart(zip, idxFolder, "t10k", "test", testPerClass);
    }
    return archive;
  }

  private static void addPart(
      ZipOutputStream zip, Path idxFolder, String idxName, String folder, int perClass)
      throws IOException {
    Path imagesPath = idxFolder.resolve(idxName + "-images-idx3-ubyte.gz");
    Path labelsPath = idxFolder.resolve(idxName + "-labels-idx1-ubyte.gz");
    int[] taken = new int[CLASSES.size()];
    int missing = perClass * CLASSES.size();
    try (DataInputStream images = open(imagesPath);
        DataInputStream labels = open(labelsPath)) {
      expectMagic(images, IMAGES_MAGIC, imagesPath);
      expectMagic(labels, LABELS_MAGIC, labelsPath);
      int count = images.readInt();
      int labelCount = labels.readInt();
      if (count != labelCount) {
        throw new IOException(
            "%s and %s must hold as many items, but hold %d and %d"
                .formatted(imagesPath, labelsPath, count, labelCount));
      }
      int height = images.readInt();
      int width = images.readInt();
      for (int index = 0; index < count && missing > 0; index++) {
        byte[] pixels = images.readNBytes(height * width);
        int label = labels.readUnsignedByte();
        if (taken[label] == perClass) {
          continue;
        }
        taken[label]++;
        missing--;
        // The file name is the place in the source file, so that each image can be traced.
        String name =
            String.format(Locale.ROOT, "%s/%s/%05d.png", folder, CLASSES.get(label), index);
        addEntry(zip, name, png(pixels, width, height));
      }
    }
    if (missing > 0) {
      throw new IOException(
          "%s must hold %d images of each class, but %d are missing"
              .formatted(imagesPath, perClass, missing));
    }
  }

  private static DataInputStream open(Path path) throws IOException {
    return new DataInputStream(
        new BufferedInputStream(new GZIPInputStream(Files.newInputStream(path))));
  }

  private static void expectMagic(DataInputStream in, int expected, Path path) throws IOException {
    int found = in.readInt();
    if (found != expected) {
      throw new IOException(
          String.format(
              Locale.ROOT, "%s must begin with %08x, but begins with %08x", path, expected, found));
    }
  }

  private static byte[] png(byte[] pixels, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setDataElements(0, 0, width, height, pixels);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  /** PNG data does not get smaller, and a stored entry tells its size before its content. */
  private static void addEntry(ZipOutputStream zip, String name, byte[] content)
      throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(ENTRY_TIME);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
