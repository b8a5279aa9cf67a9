/**
 * The images that networks learn from: CIFAR-100 files, class folders, synthetic data, download,
 * device-resident tensors, augmentation.
 *
 * <p>{@link io.github.cnnevolution.data.DatasetLocator} decides which data a run uses: the files
 * that {@link io.github.cnnevolution.data.Cifar100Files} reads and {@link
 * io.github.cnnevolution.data.Cifar100Download} fetches, the pictures that {@link
 * io.github.cnnevolution.data.ClassFolders} converts, or the images that {@link
 * io.github.cnnevolution.data.SyntheticImages} makes. In any case the result is a {@link
 * io.github.cnnevolution.data.Dataset} of {@link io.github.cnnevolution.data.ImageSet}s in plain
 * Java memory, and {@link io.github.cnnevolution.data.StratifiedSplit} takes the validation images
 * out of it. None of this needs LibTorch. Tensors on the device, and the augmentation of batches
 * there, start from an {@code ImageSet}.
 *
 * <p>What a user has to mend comes as a {@link io.github.cnnevolution.data.DatasetException} or a
 * {@link io.github.cnnevolution.data.DownloadException}, one line each.
 */
package io.github.cnnevolution.data;
