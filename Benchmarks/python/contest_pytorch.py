"""PyTorch, eager, fused Adam: contest_pytorch.py MNIST-DIRECTORY THREADS"""

import sys

import numpy as np
import torch

import contest

torch.set_num_threads(int(sys.argv[2]))
torch.set_num_interop_threads(1)
images, labels, test_images, test_labels = [
    torch.from_numpy(array) for array in contest.mnist(sys.argv[1])
]
labels, test_labels = labels.long(), test_labels.long()

model = torch.nn.Sequential(
    torch.nn.Linear(784, contest.HIDDEN),
    torch.nn.ReLU(),
    torch.nn.Linear(contest.HIDDEN, contest.CLASSES),
)
with torch.no_grad():
    start = contest.initial_parameters(np.random.default_rng(0))
    for parameter, value in zip(model.parameters(), start):
        parameter.copy_(torch.from_numpy(value.T.copy()))
optimizer = torch.optim.Adam(model.parameters(), lr=contest.LEARNING_RATE, fused=True)
shuffler = torch.Generator().manual_seed(0)


def train_epoch():
    order = torch.randperm(len(labels), generator=shuffler)
    losses = torch.zeros(())
    for batch in order.split(contest.BATCH):
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        losses += loss.detach()
    return float(losses)


def accuracy():
    with torch.no_grad():
        return (model(test_images).argmax(1) == test_labels).float().mean()


contest.take_part("PyTorch %s, eager, fused Adam" % torch.__version__, train_epoch, accuracy)
