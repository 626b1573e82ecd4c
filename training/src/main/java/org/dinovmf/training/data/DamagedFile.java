package org.dinovmf.training.data;

import java.nio.file.Path;

/**
 * A file that should be an image and cannot be used.
 *
 * @param path where it lies
 * @param relativePath its name in the index
 * @param reason one line without the path
 */
public record DamagedFile(Path path, String relativePath, String reason) {}
