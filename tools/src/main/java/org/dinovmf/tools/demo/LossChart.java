package org.dinovmf.tools.demo;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.dinovmf.training.TrainListener.Report;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Loss, its two parts and the loss of a run that learns nothing, over the steps. */
final class LossChart {

  private LossChart() {}

  /** The chart as a {@code data:} address of an SVG picture. */
  static String dataAddress(List<Report> reports, int numPrototypes) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(820)
            .height(340)
            .xAxisTitle("optimizer step")
            .yAxisTitle("nats")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotBorderVisible(false);
    chart.getStyler().setDecimalPattern("#,##0.#");
    chart.getStyler().setXAxisMaxLabelCount(7);
    add(chart, "ln K: no teacher", reports, report -> Math.log(numPrototypes), new Color(0xb0b0b0));
    add(chart, "loss", reports, report -> report.mean().loss(), new Color(0x1f4e79));
    add(
        chart,
        "teacher entropy",
        reports,
        report -> report.mean().targetEntropy(),
        new Color(0xd97706));
    add(chart, "KL divergence", reports, report -> report.mean().divergence(), new Color(0x15803d));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
    return "data:image/svg+xml;base64," + Base64.getEncoder().encodeToString(out.toByteArray());
  }

  private static void add(
      XYChart chart,
      String name,
      List<Report> reports,
      ToDoubleFunction<Report> value,
      Color color) {
    double[] steps = reports.stream().mapToDouble(Report::step).toArray();
    var series = chart.addSeries(name, steps, reports.stream().mapToDouble(value).toArray());
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineWidth(1.6f);
  }
}
