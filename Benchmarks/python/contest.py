"""What the contestants share: the data, the model's start, and the talk with simtrain-bench.

A contestant is told on standard input what to do and answers with one line:
  epoch     trains one epoch; answers its seconds
  accuracy  answers the share of test images that it gets right
Its first line says that it is ready; the end of the input ends it.
"""

import os
import sys
import time

import numpy as np

BATCH, HIDDEN, CLASSES, LEARNING_RATE = 32, 128, 10, 1e-3


def mnist(directory):
    """(training images [60000, 784], labels, test images, labels): float32 in [0, 1], int32."""

    def read(name, header):
        return np.fromfile(os.path.join(directory, name), dtype=np.uint8, offset=header)

    def images(prefix):
        pixels = read(prefix + "-images-idx3-ubyte", 16).reshape(-1, 784)
        return pixels.astype(np.float32) / np.float32(255)

    def labels(prefix):
        return read(prefix + "-labels-idx1-ubyte", 8).astype(np.int32)

    return images("train"), labels("train"), images("t10k"), labels("t10k")


def initial_parameters(generator):
    """He (uniform) for the first layer, Glorot (uniform) for the second; biases zero."""
    first, second = np.sqrt(6 / 784), np.sqrt(6 / (HIDDEN + CLASSES))
    return [
        generator.uniform(-first, first, (784, HIDDEN)).astype(np.float32),
        np.zeros(HIDDEN, np.float32),
        generator.uniform(-second, second, (HIDDEN, CLASSES)).astype(np.float32),
        np.zeros(CLASSES, np.float32),
    ]


def he_uniform(generator, shape, fan_in):
    """He (uniform), as simtrain begins layers that a ReLU follows."""
    bound = np.sqrt(6 / fan_in)
    return generator.uniform(-bound, bound, shape).astype(np.float32)


def take_part(description, train_epoch, accuracy):
    """Answers until the input ends. `train_epoch` returns when the epoch's work is done."""
    print("ready", description, flush=True)
    for line in sys.stdin:
        if line.strip() == "epoch":
            begin = time.perf_counter()
            train_epoch()
            print(time.perf_counter() - begin, flush=True)
        else:
            print(float(accuracy()), flush=True)
