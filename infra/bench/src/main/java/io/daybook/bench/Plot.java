package io.daybook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.NumberFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.StandardChartTheme;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.category.StatisticalBarRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.statistics.DefaultStatisticalCategoryDataset;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** A plot in the one look that all of them have. */
record Plot(JFreeChart chart, int width, int height) {
    private static final int WIDTH = 900;
    private static final Color[] COLORS = {
        new Color(0x1f5a99), new Color(0xd9822b), new Color(0x5b8c3e), new Color(0x8a4f9e), new Color(0x7a7a7a)
    };

    /**
     * A bar for each name, one under the other.
     *
     * @param series by its name, for each label the figure: its value, and its spread where it has one
     */
    static Plot bars(String title, String unit, SequencedMap<String, SequencedMap<String, Figure>> series) {
        var data = new DefaultStatisticalCategoryDataset();
        series.forEach((name, figures) -> figures.forEach((label, figure) -> {
            var spread = figure.spread();
            Number deviation = spread == null ? null : (spread.high() - spread.low()) / 2;
            data.add(Double.valueOf(figure.value()), deviation, name, label);
        }));
        var chart = ChartFactory.createBarChart(
                title, null, unit, data, PlotOrientation.HORIZONTAL, series.size() > 1, false, false);
        var renderer = new StatisticalBarRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setDrawBarOutline(false);
        renderer.setItemMargin(0.05);
        renderer.setErrorIndicatorPaint(Color.BLACK);
        chart.getCategoryPlot().setRenderer(renderer);
        chart.getCategoryPlot().getDomainAxis().setMaximumCategoryLabelWidthRatio(0.5f);
        style(chart);
        return new Plot(chart, WIDTH, 140 + data.getColumnCount() * (10 + 12 * series.size()));
    }

    /**
     * Lines of points.
     *
     * @param series by its name, for each x the y
     * @param logarithmic whether both axes are
     */
    static Plot lines(
            String title,
            String x,
            String y,
            SequencedMap<String, ? extends Map<? extends Number, ? extends Number>> series,
            boolean logarithmic) {
        var data = new XYSeriesCollection();
        series.forEach((name, points) -> {
            var line = new XYSeries(name);
            points.forEach(line::add);
            data.addSeries(line);
        });
        var chart = ChartFactory.createXYLineChart(
                title, x, y, data, PlotOrientation.VERTICAL, series.size() > 1, false, false);
        chart.getXYPlot().setDomainAxis(axis(x, logarithmic));
        chart.getXYPlot().setRangeAxis(axis(y, logarithmic));
        style(chart);
        return new Plot(chart, WIDTH, 500);
    }

    /**
     * Lines of points one under the other, over the same x, all of it logarithmic but for shares in percent.
     *
     * @param panels by the name of their y, as the series of {@link #lines}
     */
    static Plot panels(
            String title,
            String x,
            SequencedMap<String, ? extends SequencedMap<String, ? extends Map<? extends Number, ? extends Number>>>
                    panels) {
        var stack = new CombinedDomainXYPlot(powers(2, x));
        panels.forEach((y, series) -> {
            var panel = lines(title, x, y, series, false).chart().getXYPlot();
            panel.setDomainAxis(null);
            if (!y.endsWith("%")) {
                panel.setRangeAxis(powers(2, y));
            }
            stack.add(panel);
        });
        var chart = new JFreeChart(title, JFreeChart.DEFAULT_TITLE_FONT, stack, false);
        var legend = new LegendTitle(stack.getSubplots().getFirst());
        legend.setPosition(RectangleEdge.BOTTOM);
        chart.addSubtitle(legend);
        style(chart);
        stack.getSubplots().forEach(Plot::color);
        return new Plot(chart, WIDTH, 200 + 200 * panels.size());
    }

    private static ValueAxis axis(String label, boolean logarithmic) {
        return logarithmic ? powers(10, label) : new NumberAxis(label);
    }

    /** Logarithmic, with a label at each power. */
    private static LogAxis powers(int base, String label) {
        var axis = new LogAxis(label);
        axis.setBase(base);
        axis.setTickUnit(new NumberTickUnit(1), false, false);
        axis.setNumberFormatOverride(NumberFormat.getInstance(Locale.ROOT));
        return axis;
    }

    private static void style(JFreeChart chart) {
        var theme = new StandardChartTheme("Daybook");
        theme.setExtraLargeFont(new Font("SansSerif", Font.BOLD, 15));
        theme.setLargeFont(new Font("SansSerif", Font.PLAIN, 12));
        theme.setRegularFont(new Font("SansSerif", Font.PLAIN, 11));
        theme.setPlotBackgroundPaint(Color.WHITE);
        theme.setRangeGridlinePaint(Color.LIGHT_GRAY);
        theme.setDomainGridlinePaint(Color.LIGHT_GRAY);
        theme.setBarPainter(new StandardBarPainter());
        theme.apply(chart);
        chart.setPadding(new RectangleInsets(8, 8, 8, 16));
        chart.getPlot().setOutlineVisible(false);
        for (int i = 0; i < COLORS.length; i++) {
            if (chart.getPlot() instanceof CategoryPlot bars && bars.getRenderer() instanceof BarRenderer renderer) {
                renderer.setSeriesPaint(i, COLORS[i]);
            }
        }
        if (chart.getPlot() instanceof XYPlot lines && !(lines instanceof CombinedDomainXYPlot)) {
            color(lines);
        }
    }

    private static void color(XYPlot lines) {
        for (int i = 0; i < COLORS.length; i++) {
            lines.getRenderer().setSeriesPaint(i, COLORS[i]);
            lines.getRenderer().setSeriesStroke(i, new BasicStroke(2));
        }
    }

    /** Writes it as SVG. */
    void write(Path file) throws IOException {
        try {
            var document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument("http://www.w3.org/2000/svg", "svg", null);
            var graphics = new SVGGraphics2D(document);
            graphics.setSVGCanvasSize(new Dimension(width, height));
            chart.draw(graphics, new Rectangle2D.Double(0, 0, width, height));
            var svg = new StringWriter();
            graphics.stream(svg, true);
            Files.writeString(file, svg.toString(), UTF_8);
        } catch (ParserConfigurationException e) {
            throw new IOException("this JDK makes no XML documents", e);
        }
    }
}
