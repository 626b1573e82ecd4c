package org.dinovmf.tools.page;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.dinovmf.training.data.BadImageException;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageFile;

/** Thumbnails of image files; each is decoded once. Not thread safe. */
public final class Pictures {

  /** Twice what a page shows, for screens of many pixels. */
  private static final int SIDE = 104;

  private final ImageDecoder decoder;
  private final Map<String, String> addresses = new HashMap<>();

  /** Over a decoder, which stays the caller's. */
  public Pictures(ImageDecoder decoder) {
    this.decoder = decoder;
  }

  /** The thumbnail of a file as an image of a page. */
  String image(ImageFile file, String alternative) throws IOException {
    String address = addresses.get(file.relativePath());
    if (address == null) {
      address = Thumbnail.address(decode(file), SIDE);
      addresses.put(file.relativePath(), address);
    }
    // Few pixels are shown as squares.
    return Html.image(address.startsWith("data:image/png") ? "crisp" : "", alternative, address);
  }

  private DecodedImage decode(ImageFile file) throws IOException {
    try {
      return decoder.decode(file);
    } catch (BadImageException e) {
      throw new IOException("'%s' is damaged: %s".formatted(file.path(), e.getMessage()), e);
    }
  }
}
