package org.dinovmf.tools.page;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;

/** Writes pictures as a GIF that plays for ever, one at a time. Each gets a palette of its own. */
public final class AnimatedGif implements AutoCloseable {

  private static final String FORMAT = "javax_imageio_gif_image_1.0";

  /** Of Netscape's extension: sub-block 1, a count of 0 for no end. */
  private static final byte[] FOR_EVER = {1, 0, 0};

  /** The time of a frame is in hundredths of a second. */
  public static final int MOST_FRAMES_A_SECOND = 50;

  private final ImageOutputStream stream;
  private final ImageWriter writer;
  private final ImageWriteParam parameters;
  private final int framesPerSecond;
  private int frames;

  /**
   * Begins a file.
   *
   * @param out stays the caller's
   * @param framesPerSecond 1 to {@link #MOST_FRAMES_A_SECOND}, on the average: times are rounded to
   *     hundredths of a second
   */
  public AnimatedGif(OutputStream out, int framesPerSecond) throws IOException {
    if (framesPerSecond < 1 || framesPerSecond > MOST_FRAMES_A_SECOND) {
      throw new IllegalArgumentException(
          "a GIF must have 1 to %d frames a second, but has %d"
              .formatted(MOST_FRAMES_A_SECOND, framesPerSecond));
    }
    this.framesPerSecond = framesPerSecond;
    stream = ImageIO.createImageOutputStream(out);
    writer = ImageIO.getImageWritersByFormatName("gif").next();
    parameters = writer.getDefaultWriteParam();
    // The JDK misplaces rows of interlaced pictures that are less than 8 high.
    parameters.setProgressiveMode(ImageWriteParam.MODE_DISABLED);
    writer.setOutput(stream);
    writer.prepareWriteSequence(null);
  }

  /** Adds a picture of as many pixels as the first. */
  public void add(BufferedImage picture) throws IOException {
    IIOMetadata metadata =
        writer.getDefaultImageMetadata(
            ImageTypeSpecifier.createFromRenderedImage(picture), parameters);
    IIOMetadataNode root = new IIOMetadataNode(FORMAT);
    IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
    control.setAttribute("disposalMethod", "none");
    control.setAttribute("userInputFlag", "FALSE");
    control.setAttribute("transparentColorFlag", "FALSE");
    control.setAttribute("delayTime", Integer.toString(end(frames + 1) - end(frames)));
    control.setAttribute("transparentColorIndex", "0");
    root.appendChild(control);
    if (frames == 0) {
      IIOMetadataNode extension = new IIOMetadataNode("ApplicationExtension");
      extension.setAttribute("applicationID", "NETSCAPE");
      extension.setAttribute("authenticationCode", "2.0");
      extension.setUserObject(FOR_EVER.clone());
      IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
      extensions.appendChild(extension);
      root.appendChild(extensions);
    }
    metadata.mergeTree(FORMAT, root);
    writer.writeToSequence(new IIOImage(picture, null, metadata), parameters);
    frames++;
  }

  /** When so many frames are over, in hundredths of a second. */
  private int end(int number) {
    return (int) Math.rint(100.0 * number / framesPerSecond);
  }

  /** Ends the file. */
  @Override
  public void close() throws IOException {
    writer.endWriteSequence();
    writer.dispose();
    stream.close();
  }
}
