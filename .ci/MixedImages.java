import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;

/**
 * Makes a tree of colour photos as users have them: JPEG and PNG files of many sizes, in nested
 * folders whose names are no labels, with the usual litter between. The subjects are the shipped
 * images, tinted, enlarged and put before a coloured ground.
 *
 * <pre>java MixedImages.java SHIPPED.zip OUTPUT_FOLDER</pre>
 */
final class MixedImages {

  private static final int COUNT = 2000;

  private MixedImages() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: java MixedImages.java SHIPPED.zip OUTPUT_FOLDER");
      System.exit(2);
    }
    Path out = Path.of(args[1]);
    Random random = new Random(1);
    try (ZipFile shipped = new ZipFile(args[0])) {
      List<ZipEntry> subjects = new ArrayList<>(Collections.list(shipped.entries()));
      Collections.shuffle(subjects, random);
      for (int i = 0; i < COUNT; i++) {
        try (InputStream stream = shipped.getInputStream(subjects.get(i))) {
          boolean png = i % 3 == 0;
          Path folder = out.resolve("camera " + i % 4).resolve("roll-" + i / 400);
          Files.createDirectories(folder);
          Path file = folder.resolve("img " + i + (png ? ".PNG" : ".jpg"));
          ImageIO.write(photo(ImageIO.read(stream), random), png ? "png" : "jpg", file.toFile());
        }
      }
    }
    // A file that is no image, one that ends early, and two that are to be ignored.
    Files.writeString(out.resolve("notes.jpg"), "these are not pixels");
    byte[] whole = Files.readAllBytes(out.resolve("camera 1").resolve("roll-0").resolve("img 1.jpg"));
    Files.write(out.resolve("cut.jpg"), java.util.Arrays.copyOf(whole, whole.length / 2));
    Files.writeString(out.resolve("._img 1.jpg"), "");
    Files.writeString(out.resolve(".hidden.jpg"), "");
  }

  private static BufferedImage photo(BufferedImage subject, Random random) {
    int width = 48 + random.nextInt(160);
    int height = 48 + random.nextInt(160);
    BufferedImage photo = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = photo.createGraphics();
    canvas.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    canvas.setColor(new Color(random.nextInt(0x1000000)).darker());
    canvas.fillRect(0, 0, width, height);
    int side = Math.min(width, height) * (60 + random.nextInt(40)) / 100;
    canvas.drawImage(
        tinted(subject, new Color(random.nextInt(0x1000000)).brighter()),
        random.nextInt(width - side + 1),
        random.nextInt(height - side + 1),
        side,
        side,
        null);
    canvas.dispose();
    return photo;
  }

  /** The brightness becomes the opacity of one colour, so that the ground shows around it. */
  private static BufferedImage tinted(BufferedImage subject, Color tint) {
    BufferedImage result =
        new BufferedImage(subject.getWidth(), subject.getHeight(), BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < subject.getHeight(); y++) {
      for (int x = 0; x < subject.getWidth(); x++) {
        int gray = subject.getRaster().getSample(x, y, 0);
        result.setRGB(x, y, gray << 24 | tint.getRGB() & 0xffffff);
      }
    }
    return result;
  }
}
