package org.dinovmf.training.data;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Image formats that people have and that are not read, with what to do about them. */
public enum UnsupportedFormat {
  HEIC("HEIC/HEIF", "convert to JPEG, for example: heif-convert in.heic out.jpg"),
  AVIF("AVIF", "convert to PNG, for example: avifdec in.avif out.png"),
  JPEG_XL("JPEG XL", "convert to PNG, for example: djxl in.jxl out.png"),
  JPEG_2000("JPEG 2000", "convert to PNG, for example: opj_decompress -i in.jp2 -o out.png"),
  SVG("SVG", "render to PNG at the wanted size, for example: rsvg-convert in.svg -o out.png"),
  PHOTOSHOP("Photoshop", "export as PNG, for example: magick in.psd[0] out.png"),
  CAMERA_RAW("camera raw", "develop to JPEG, for example: darktable-cli in.raw out.jpg"),
  DICOM("DICOM", "export as PNG, for example: dcm2img in.dcm out.png"),
  OPENEXR("OpenEXR", "tone-map to PNG, for example: magick in.exr out.png"),
  NETPBM("PBM/PGM/PPM", "convert to PNG, for example: magick in.ppm out.png"),
  TARGA("TGA", "convert to PNG, for example: magick in.tga out.png"),
  VIDEO("video", "extract frames, for example: ffmpeg -i in.mp4 -vf fps=1 out-%05d.jpg");

  private static final Map<String, UnsupportedFormat> BY_EXTENSION =
      Map.ofEntries(
          Map.entry("heic", HEIC),
          Map.entry("heif", HEIC),
          Map.entry("hif", HEIC),
          Map.entry("avif", AVIF),
          Map.entry("jxl", JPEG_XL),
          Map.entry("jp2", JPEG_2000),
          Map.entry("j2k", JPEG_2000),
          Map.entry("jpx", JPEG_2000),
          Map.entry("jpf", JPEG_2000),
          Map.entry("svg", SVG),
          Map.entry("svgz", SVG),
          Map.entry("psd", PHOTOSHOP),
          Map.entry("psb", PHOTOSHOP),
          Map.entry("cr2", CAMERA_RAW),
          Map.entry("cr3", CAMERA_RAW),
          Map.entry("nef", CAMERA_RAW),
          Map.entry("arw", CAMERA_RAW),
          Map.entry("dng", CAMERA_RAW),
          Map.entry("orf", CAMERA_RAW),
          Map.entry("rw2", CAMERA_RAW),
          Map.entry("raf", CAMERA_RAW),
          Map.entry("pef", CAMERA_RAW),
          Map.entry("srw", CAMERA_RAW),
          Map.entry("dcm", DICOM),
          Map.entry("exr", OPENEXR),
          Map.entry("hdr", OPENEXR),
          Map.entry("pbm", NETPBM),
          Map.entry("pgm", NETPBM),
          Map.entry("ppm", NETPBM),
          Map.entry("pnm", NETPBM),
          Map.entry("tga", TARGA),
          Map.entry("mp4", VIDEO),
          Map.entry("mov", VIDEO),
          Map.entry("avi", VIDEO),
          Map.entry("mkv", VIDEO),
          Map.entry("webm", VIDEO));

  private final String title;
  private final String advice;

  UnsupportedFormat(String title, String advice) {
    this.title = title;
    this.advice = advice;
  }

  /** The name of the format as people know it. */
  public String title() {
    return title;
  }

  /** How to make a supported file of it. */
  public String advice() {
    return advice;
  }

  /**
   * The format of a file that is none of {@link ImageFormat}: by content where that tells, else by
   * extension.
   *
   * @param head its first bytes
   * @param extension of its name, without a dot
   */
  static Optional<UnsupportedFormat> detect(byte[] head, String extension) {
    if (Signatures.matches(head, 4, 'f', 't', 'y', 'p')) {
      if (Signatures.matches(head, 8, 'a', 'v', 'i', 'f')
          || Signatures.matches(head, 8, 'a', 'v', 'i', 's')) {
        return Optional.of(AVIF);
      }
      if (Signatures.matches(head, 8, 'h', 'e')
          || Signatures.matches(head, 8, 'm', 'i', 'f', '1')
          || Signatures.matches(head, 8, 'm', 's', 'f', '1')) {
        return Optional.of(HEIC);
      }
    }
    if (Signatures.matches(head, 0, 0xFF, 0x0A)
        || Signatures.matches(head, 4, 'J', 'X', 'L', ' ')) {
      return Optional.of(JPEG_XL);
    }
    if (Signatures.matches(head, 4, 'j', 'P', ' ', ' ')
        || Signatures.matches(head, 0, 0xFF, 0x4F, 0xFF, 0x51)) {
      return Optional.of(JPEG_2000);
    }
    if (Signatures.matches(head, 0, '8', 'B', 'P', 'S')) {
      return Optional.of(PHOTOSHOP);
    }
    return ofExtension(extension);
  }

  /** The format whose files usually have the extension, which is given without a dot. */
  static Optional<UnsupportedFormat> ofExtension(String extension) {
    return Optional.ofNullable(BY_EXTENSION.get(extension.toLowerCase(Locale.ROOT)));
  }
}
