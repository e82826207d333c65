"""PyTorch's dynamic quantization of a checkpoint of simtrain, on the MNIST test set.

Usage: quantize_contest.py CHECKPOINT MNIST-DIRECTORY BATCH

Reads the weights of an mlp or of lenet5 (ReLU, as Configs/Models describes them) out of the
checkpoint, which is an HDF5 file, and prints one JSON document: for fp32, and for
torch.ao.quantization.quantize_dynamic per tensor and per channel, the images that are right and
the bytes of the state that PyTorch would save. quantize_dynamic takes linear layers only;
convolutions stay in fp32.
"""

import io
import json
import sys
import warnings

import h5py
import numpy as np
import torch

import contest


def parameters(path):
    """{name: float tensor} of the checkpoint's tensors that are f32."""
    with h5py.File(path) as file:
        return {
            name: torch.from_numpy(data[()].reshape(data.attrs["shape"]))
            for name, data in file["tensors"].items()
            if data.dtype == np.float32
        }


def layers(tensors, kind, weight):
    """The weights and biases of `kind`1, `kind`2, ..."""
    number = 1
    while "%s%d.%s" % (kind, number, weight) in tensors:
        name = "%s%d." % (kind, number)
        yield tensors[name + weight], tensors[name + "bias"]
        number += 1


class Channelless(torch.nn.Module):
    """[n, c, h, w] in the order in which simtrain flattens it: the channel last."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


def model(tensors):
    """Convolutions (the first with padding 2) with ReLU and pooling, then dense layers."""
    modules = []
    for kernel, bias in layers(tensors, "convolution", "kernel"):
        height, _, inputs, outputs = kernel.shape
        convolution = torch.nn.Conv2d(inputs, outputs, height, padding=0 if modules else 2)
        convolution.weight.data = kernel.permute(3, 2, 0, 1).contiguous()
        convolution.bias.data = bias
        modules += [convolution, torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
    modules.append(Channelless())
    dense = list(layers(tensors, "dense", "weight"))
    for weight, bias in dense:
        linear = torch.nn.Linear(*weight.shape)
        linear.weight.data = weight.T.contiguous()
        linear.bias.data = bias
        modules += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*modules[:-1]).eval()


def measured(network, images, labels, batch):
    """Images that are right, in batches of `batch`, and the bytes of the saved state."""
    correct = 0
    with torch.no_grad():
        for first in range(0, len(labels), batch):
            logits = network(images[first : first + batch])
            correct += int((logits.argmax(1) == labels[first : first + batch]).sum())
    saved = io.BytesIO()
    torch.save(network.state_dict(), saved)
    return {"correct": correct, "savedBytes": saved.getbuffer().nbytes}


def main(path, directory, batch):
    # The module says that it will move to another package.
    warnings.filterwarnings("ignore")
    quantization = torch.ao.quantization
    torch.set_num_threads(1)
    _, _, images, labels = contest.mnist(directory)
    images = torch.from_numpy(images).reshape(-1, 1, 28, 28)
    labels = torch.from_numpy(labels).long()
    network = model(parameters(path))
    result = {"version": torch.__version__, "images": len(labels)}
    result["fp32"] = measured(network, images, labels, batch)
    for name, config in [
        ("dynamic per tensor", quantization.default_dynamic_qconfig),
        ("dynamic per channel", quantization.per_channel_dynamic_qconfig),
    ]:
        quantized = quantization.quantize_dynamic(network, {torch.nn.Linear: config})
        result[name] = measured(quantized, images, labels, batch)
    print(json.dumps(result))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
