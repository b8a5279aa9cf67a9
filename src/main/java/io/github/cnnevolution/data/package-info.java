/**
 * The images that networks are trained on: CIFAR-100 files, class folders, synthetic data,
 * download, tensors on devices, and augmentation.
 *
 * <p>{@link io.github.cnnevolution.data.DatasetLocator} selects the data of a run: the files that
 * {@link io.github.cnnevolution.data.Cifar100Files} reads and {@link
 * io.github.cnnevolution.data.Cifar100Download} fetches, the pictures that {@link
 * io.github.cnnevolution.data.ClassFolders} converts, or the images that {@link
 * io.github.cnnevolution.data.SyntheticImages} generates. The result is always a {@link
 * io.github.cnnevolution.data.Dataset} of {@link io.github.cnnevolution.data.ImageSet}s in plain
 * Java memory, and {@link io.github.cnnevolution.data.StratifiedSplit} selects the validation
 * images from it. None of this needs LibTorch. The tensors on a device, and the augmentation of
 * batches there, are created from an {@code ImageSet}.
 *
 * <p>A problem that the user must fix is reported as a {@link
 * io.github.cnnevolution.data.DatasetException} or a {@link
 * io.github.cnnevolution.data.DownloadException}, with a message of one line.
 */
package io.github.cnnevolution.data;
