package org.dinovmf.tools.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.training.data.Batch;
import org.dinovmf.training.data.MultiCropConfig;

/**
 * Crops of a batch beside one another: a row for an image, its global crops first.
 *
 * @param width pixels
 * @param height pixels
 * @param png the encoded picture
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to a file
public record ContactSheet(int width, int height, byte[] png) {

  private static final int MAX_ROWS = 8;

  /** Pixels between two crops. */
  private static final int GAP = 2;

  /** The first rows of a batch. */
  public static ContactSheet of(Batch batch) throws IOException {
    int rows = Math.min(MAX_ROWS, batch.size());
    int views = MultiCropConfig.GLOBAL_CROPS + batch.localCrops();
    int rowHeight =
        Math.max(batch.globalPixels(), batch.localCrops() == 0 ? 0 : batch.localPixels());
    BufferedImage sheet =
        new BufferedImage(
            left(batch, views) - GAP, rows * (rowHeight + GAP) - GAP, BufferedImage.TYPE_INT_RGB);
    for (int row = 0; row < rows; row++) {
      for (int view = 0; view < views; view++) {
        draw(sheet, batch, view, row, row * (rowHeight + GAP));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(sheet, "png", out);
    return new ContactSheet(sheet.getWidth(), sheet.getHeight(), out.toByteArray());
  }

  /** Where the column of a view begins. */
  private static int left(Batch batch, int view) {
    int globals = Math.min(view, MultiCropConfig.GLOBAL_CROPS);
    int locals = view - globals;
    return globals * (batch.globalPixels() + GAP) + locals * (batch.localPixels() + GAP);
  }

  private static void draw(BufferedImage sheet, Batch batch, int view, int row, int top) {
    boolean isGlobal = view < MultiCropConfig.GLOBAL_CROPS;
    byte[] crops = isGlobal ? batch.global() : batch.local();
    // Gray is shown as red, green and blue alike, and opacity is not shown.
    int green = batch.channels() == Channels.GRAY ? 0 : 1;
    int blue = 2 * green;
    int side = isGlobal ? batch.globalPixels() : batch.localPixels();
    int left = left(batch, view);
    int at = batch.offset(view, row);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++, at += batch.channels().count()) {
        int color =
            Byte.toUnsignedInt(crops[at]) << 16
                | Byte.toUnsignedInt(crops[at + green]) << 8
                | Byte.toUnsignedInt(crops[at + blue]);
        sheet.setRGB(left + x, top + y, color);
      }
    }
  }
}
