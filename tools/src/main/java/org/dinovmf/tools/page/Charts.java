package org.dinovmf.tools.page;

import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.dinovmf.tools.analysis.Numbers;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Vector plots as images of a page. They are drawn without a background; the page inverts them
 * where its own is dark.
 */
final class Charts {

  /** Narrow enough that labels can be read on a phone. */
  private static final int WIDTH = 460;

  private static final int HEIGHT = 300;

  /** Points of a line beyond which means of neighbors are drawn. */
  private static final int MAX_POINTS = 200;

  /** Change of a value, of its size, that is no more than rounding. */
  private static final double HARDLY = 1e-4;

  /** Okabe and Ito's colors, which people with any color vision tell apart. */
  private static final List<Color> COLORS =
      List.of(
          new Color(0x0072b2),
          new Color(0xd55e00),
          new Color(0x009e73),
          new Color(0xcc79a7),
          new Color(0xe69f00),
          new Color(0x56b4e9),
          new Color(0x7a6a00),
          new Color(0x6b4c9a),
          new Color(0x444444),
          new Color(0x8c564b));

  private static final Color TRANSPARENT = new Color(255, 255, 255, 0);
  private static final Color GRID = new Color(0xdddddd);

  private Charts() {}

  /**
   * A line, or a cloud of points.
   *
   * @param x as many as y
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on to a chart
  record Series(String name, double[] x, double[] y) {}

  /** Lines over a common axis; those without points are left out. */
  static String lines(String title, String xTitle, List<Series> series) throws IOException {
    XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).xAxisTitle(xTitle).build();
    style(chart.getStyler());
    int number = 0;
    for (Series one : series) {
      if (one.x().length > 0) {
        Series thin = thinned(one);
        var line = chart.addSeries(Integer.toString(number), thin.x(), thin.y());
        line.setMarker(thin.x().length > 1 ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
        line.setLineColor(color(number));
        line.setMarkerColor(color(number));
        line.setLineWidth(1.6f);
      }
      number++;
    }
    room(series)
        .ifPresent(span -> chart.getStyler().setYAxisMin(span.low()).setYAxisMax(span.high()));
    return figure(title, chart, series.size() > 1 ? legend(series) : "");
  }

  /** The ends of an axis. */
  record Span(double low, double high) {}

  /** An axis for what hardly changes: filled by it, it would show how numbers are rounded. */
  static Optional<Span> room(List<Series> series) {
    DoubleSummaryStatistics y =
        series.stream().flatMapToDouble(one -> Arrays.stream(one.y())).summaryStatistics();
    double size = Math.max(Math.abs(y.getMin()), Math.abs(y.getMax()));
    if (y.getCount() > 0 && y.getMax() - y.getMin() <= HARDLY * size) {
      double room = size > 0 ? size / 10 : 1;
      return Optional.of(new Span(y.getMin() - room, y.getMax() + room));
    }
    return Optional.empty();
  }

  /** Points of several kinds. */
  static String points(String title, String xTitle, String yTitle, List<Series> series)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT + 60)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    XYStyler styler = chart.getStyler();
    style(styler);
    styler.setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    styler.setMarkerSize(4);
    int number = 0;
    for (Series one : series) {
      if (one.x().length > 0) {
        var cloud = chart.addSeries(Integer.toString(number), one.x(), one.y());
        cloud.setMarker(SeriesMarkers.CIRCLE);
        Color solid = color(number);
        cloud.setMarkerColor(new Color(solid.getRed(), solid.getGreen(), solid.getBlue(), 0xb0));
      }
      number++;
    }
    return figure(title, chart, series.size() > 1 ? legend(series) : "");
  }

  /** How often values fall into bins of equal width; nothing for no values. */
  static String histogram(String title, String xTitle, double[] values) throws IOException {
    if (values.length == 0) {
      return "";
    }
    double low = Arrays.stream(values).min().orElseThrow();
    double high = Arrays.stream(values).max().orElseThrow();
    int bins = high > low ? 24 : 1;
    int[] counts = new int[bins];
    for (double value : values) {
      int bin = high > low ? (int) ((value - low) / (high - low) * bins) : 0;
      counts[Math.min(bin, bins - 1)]++;
    }
    List<String> middles = new ArrayList<>();
    List<Integer> heights = new ArrayList<>();
    for (int i = 0; i < bins; i++) {
      middles.add(label(low + (high - low) * (i + 0.5) / bins, middles));
      heights.add(counts[i]);
    }
    CategoryChart chart =
        new CategoryChartBuilder().width(WIDTH).height(HEIGHT).xAxisTitle(xTitle).build();
    style(chart.getStyler());
    chart.getStyler().setAvailableSpaceFill(0.96);
    chart.getStyler().setXAxisMaxLabelCount(5);
    chart.addSeries("count", middles, heights).setFillColor(color(0));
    return figure(title, chart);
  }

  /** Rounded; categories must differ, so one that does not is made longer. */
  private static String label(double value, List<String> before) {
    String label = Numbers.short3(value);
    return before.contains(label) ? Html.number(value) : label;
  }

  /** The color of the n-th series. */
  private static Color color(int number) {
    return COLORS.get(number % COLORS.size());
  }

  private static void style(AxesChartStyler styler) {
    styler.setChartBackgroundColor(TRANSPARENT);
    styler.setPlotBackgroundColor(TRANSPARENT);
    styler.setLegendVisible(false);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(GRID);
    styler.setChartPadding(4);
    styler.setXAxisMaxLabelCount(5);
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setChartTitleVisible(false);
  }

  private static Series thinned(Series series) {
    int count = series.x().length;
    if (count <= MAX_POINTS) {
      return series;
    }
    double[] x = new double[MAX_POINTS];
    double[] y = new double[MAX_POINTS];
    for (int i = 0; i < MAX_POINTS; i++) {
      int from = (int) ((long) i * count / MAX_POINTS);
      int to = (int) ((long) (i + 1) * count / MAX_POINTS);
      x[i] = Arrays.stream(series.x(), from, to).average().orElseThrow();
      y[i] = Arrays.stream(series.y(), from, to).average().orElseThrow();
    }
    return new Series(series.name(), x, y);
  }

  /** Beside the picture, where there is room for long names and for many. */
  private static String legend(List<Series> series) {
    StringBuilder html = new StringBuilder("<ul class=\"legend\">");
    for (int number = 0; number < series.size(); number++) {
      html.append(
          String.format(
              Locale.ROOT,
              "<li><i style=\"background:#%06x\"></i>%s</li>",
              color(number).getRGB() & 0xFFFFFF,
              Html.escape(series.get(number).name())));
    }
    return html.append("</ul>").toString();
  }

  private static String figure(String title, Chart<?, ?> chart) throws IOException {
    return figure(title, chart, "");
  }

  private static String figure(String title, Chart<?, ?> chart, String below) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
    return "<figure><figcaption>%s</figcaption>%s%s</figure>%n"
        .formatted(
            Html.escape(title),
            Html.image("chart", title, Html.data("image/svg+xml", out.toByteArray())),
            below);
  }
}
