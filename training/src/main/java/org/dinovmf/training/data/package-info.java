/**
 * From folders of image files to batches of augmented crops.
 *
 * <p>{@link org.dinovmf.training.data.ImageIndexer} finds the images and reads their headers,
 * {@link org.dinovmf.training.data.ImageDecoder} turns a file into pixels, {@link
 * org.dinovmf.training.data.MultiCrop} turns pixels into crops, and {@link
 * org.dinovmf.training.data.BatchLoader} does both ahead of time on several threads. Every random
 * choice is a function of (seed, epoch, relative path, view), so the number of threads changes
 * nothing.
 */
package org.dinovmf.training.data;
