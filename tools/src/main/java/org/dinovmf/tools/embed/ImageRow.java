package org.dinovmf.tools.embed;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.dinovmf.training.data.DamagedFile;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageIndex;

/**
 * One row of an embedding file.
 *
 * @param path name in the index
 * @param image nothing where not even the header could be read
 * @param reason why there is no image; empty where there is one
 */
public record ImageRow(String path, Optional<ImageFile> image, String reason) {

  /** Every image of the index, damaged ones too, by name. */
  public static List<ImageRow> of(ImageIndex index) {
    List<ImageRow> rows = new ArrayList<>();
    for (ImageFile image : index.images()) {
      rows.add(of(image));
    }
    for (DamagedFile damaged : index.census().damaged()) {
      rows.add(new ImageRow(damaged.relativePath(), Optional.empty(), damaged.reason()));
    }
    rows.sort(Comparator.comparing(ImageRow::path));
    return List.copyOf(rows);
  }

  /** The row of an image whose header was read. */
  public static ImageRow of(ImageFile image) {
    return new ImageRow(image.relativePath(), Optional.of(image), "");
  }

  /** Identifies names, order and sizes of the rows, whatever folder they lie in. */
  static String fingerprint(List<ImageRow> rows) {
    MessageDigest digest = Digests.sha256();
    for (ImageRow row : rows) {
      digest.update(row.path().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(
          row.image()
              .map(image -> Long.toString(image.length()))
              .orElse("damaged")
              .getBytes(StandardCharsets.US_ASCII));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
