package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelsTest {

  @TempDir Path temp;

  @Test
  void firstFoldersAreClasses() {
    ImageIndex index = index("dog/1.png", "cat/old/1.png", "cat/2.png", "stray.png");
    Labels labels = index.labels().orElseThrow();
    assertEquals(List.of("cat", "dog"), labels.names());
    assertEquals(0, label(index, labels, "cat/old/1.png"));
    assertEquals(1, label(index, labels, "dog/1.png"));
    assertEquals(Labels.UNLABELED, label(index, labels, "stray.png"));
    assertEquals(1, labels.unlabeledCount());
  }

  @Test
  void oneFolderIsNoClass() {
    assertTrue(index("all/1.png", "all/2.png", "3.png").labels().isEmpty());
    assertTrue(index("1.png", "2.png").labels().isEmpty());
  }

  @Test
  void csvGivesLabels() throws IOException {
    ImageIndex index = index("a.png", "b, \"c\".png", "d.png");
    Path csv = csv("path,label", "a.png,tree", "\"b, \"\"c\"\".png\",\"big, cat\"", "");
    Labels labels = Labels.fromCsv(csv, index);
    assertEquals(List.of("big, cat", "tree"), labels.names());
    assertEquals(1, label(index, labels, "a.png"));
    assertEquals(0, label(index, labels, "b, \"c\".png"));
    assertEquals(1, labels.unlabeledCount());
  }

  @Test
  void csvOfUnknownImagesShowsHowNamesLook() throws IOException {
    Path csv = csv("a.png,x", "/data/b.png,y", "c.png,z");
    assertEquals(
        csv
            + " names 2 images in 3 lines that are not in the data set, such as '/data/b.png'; "
            + "a path there looks like 'a.png'",
        message(csv, index("a.png", "b.png")));
  }

  @Test
  void csvFaultsNameTheLine() throws IOException {
    ImageIndex index = index("a.png");
    Path fields = csv("a.png,x,y");
    assertEquals(fields + " line 1 must be 'path,label', but has 3 fields", message(fields, index));
    Path twice = csv("a.png,x", "", "a.png,y");
    assertEquals(
        twice + " line 3: 'a.png' is labeled 'y' here and 'x' before", message(twice, index));
    Path empty = csv("path,label", "a.png,");
    assertEquals(empty + " line 2: the label is empty", message(empty, index));
    Path open = csv("\"a.png,x");
    assertEquals(open + " line 1: a quote is not closed", message(open, index));
  }

  @Test
  void fieldInQuotesMayExtendOverLines() throws IOException {
    Path file = csv("\"a\"\"\r\nb,\",x", "", "c,\"y\nz\"", "d,e");
    List<CsvLine> lines = CsvLine.readAll(file);
    assertEquals(
        List.of(
            new CsvLine(1, List.of("a\"\r\nb,", "x")),
            new CsvLine(4, List.of("c", "y\nz")),
            new CsvLine(6, List.of("d", "e"))),
        lines);
  }

  @Test
  void labelsOfDamagedImagesAreNoFault() throws IOException {
    Findings findings = new Findings();
    findings.image(file("a.png"));
    findings.damaged(Path.of("b.png"), "b.png", "empty file");
    Labels labels = Labels.fromCsv(csv("a.png,x", "b.png,y"), findings.index());
    assertEquals(List.of("x"), labels.names());
  }

  private static String message(Path csv, ImageIndex index) {
    return assertThrows(DataException.class, () -> Labels.fromCsv(csv, index)).getMessage();
  }

  private Path csv(String... lines) throws IOException {
    return Files.write(temp.resolve("labels.csv"), List.of(lines));
  }

  private static int label(ImageIndex index, Labels labels, String path) {
    List<String> names = index.images().stream().map(ImageFile::relativePath).toList();
    return labels.label(names.indexOf(path));
  }

  private static ImageIndex index(String... paths) {
    Findings findings = new Findings();
    Stream.of(paths).map(LabelsTest::file).forEach(findings::image);
    return findings.index();
  }

  private static ImageFile file(String path) {
    return new ImageFile(Path.of("x"), path, ImageFormat.PNG, 1, 1, 1, 1);
  }
}
