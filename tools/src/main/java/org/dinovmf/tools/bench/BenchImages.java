package org.dinovmf.tools.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dinovmf.tools.config.Facts;
import org.dinovmf.tools.config.Network;
import org.dinovmf.tools.config.Resolved;
import org.dinovmf.tools.config.Resolver;
import org.dinovmf.tools.config.Settings;
import org.dinovmf.tools.config.TrainOptions;
import org.dinovmf.tools.machine.Hardware;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import org.dinovmf.training.data.ScanLimits;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The images of a benchmark, and what {@code train} would make of its options for them here. */
record BenchImages(ImageIndex images, Resolved resolved, Hardware hardware) {

  /** Looks through the folders of {@code --data}. */
  static BenchImages of(CommandSpec spec) throws IOException {
    Resolved given = Resolver.given(TrainOptions.request(spec), Optional.empty());
    List<Path> sources =
        given
            .get(Settings.DATA)
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(), "a folder of images is needed: --data DIR"));
    int threads = given.get(Settings.THREADS).orElse(Runtime.getRuntime().availableProcessors());
    Hardware hardware = Hardware.of(given.get(Settings.DEVICE), threads);
    ImageIndex images = ImageIndexer.scan(sources, ScanLimits.standard(), threads);
    Facts facts = hardware.facts(images);
    Resolved resolved =
        Resolver.resolve(TrainOptions.request(spec), Network.givenIn(given), Optional.of(facts));
    return new BenchImages(images, BenchStepCommand.withAnyStatistics(resolved), hardware);
  }
}
