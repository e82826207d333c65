"""PyTorch, eager, fused Adam: contest_pytorch.py MNIST-DIRECTORY THREADS [MODEL BATCH]

MODEL is mlp (the default, batch 32), lenet5 or cnn, as in Configs/Models.
"""

import sys

import numpy as np
import torch

import contest

torch.set_num_threads(int(sys.argv[2]))
torch.set_num_interop_threads(1)
model_name, batch_size = (sys.argv[3], int(sys.argv[4])) if len(sys.argv) > 4 else ("mlp", contest.BATCH)
images, labels, test_images, test_labels = [
    torch.from_numpy(array) for array in contest.mnist(sys.argv[1])
]
labels, test_labels = labels.long(), test_labels.long()
if model_name != "mlp":
    images, test_images = images.view(-1, 1, 28, 28), test_images.view(-1, 1, 28, 28)


def mlp():
    model = torch.nn.Sequential(
        torch.nn.Linear(784, contest.HIDDEN),
        torch.nn.ReLU(),
        torch.nn.Linear(contest.HIDDEN, contest.CLASSES),
    )
    with torch.no_grad():
        start = contest.initial_parameters(np.random.default_rng(0))
        for parameter, value in zip(model.parameters(), start):
            parameter.copy_(torch.from_numpy(value.T.copy()))
    return model


def lenet5():
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )


def cnn():
    nn = torch.nn
    layers, channels = [], 1
    for outputs in [16, 32, 64]:
        layers += [
            nn.Conv2d(channels, outputs, 3, padding=1, bias=True), nn.BatchNorm2d(outputs),
            nn.ReLU(), nn.MaxPool2d(2),
        ]
        channels = outputs
    return nn.Sequential(
        *layers, nn.Flatten(), nn.Linear(576, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, 10)
    )


torch.manual_seed(0)
model = {"mlp": mlp, "lenet5": lenet5, "cnn": cnn}[model_name]()
if model_name != "mlp":
    generator = np.random.default_rng(0)
    with torch.no_grad():
        for layer in model:
            if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
                weight = layer.weight
                value = contest.he_uniform(generator, weight.shape, weight[0].numel())
                weight.copy_(torch.from_numpy(value))
                layer.bias.zero_()
optimizer = torch.optim.Adam(model.parameters(), lr=contest.LEARNING_RATE, fused=True)
shuffler = torch.Generator().manual_seed(0)


def train_epoch():
    model.train()
    order = torch.randperm(len(labels), generator=shuffler)
    losses = torch.zeros(())
    for batch in order.split(batch_size):
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        losses += loss.detach()
    return float(losses)


def accuracy():
    model.eval()
    with torch.no_grad():
        parts = zip(test_images.split(1000), test_labels.split(1000))
        return np.mean([float((model(x).argmax(1) == y).float().mean()) for x, y in parts])


contest.take_part(
    "PyTorch %s, eager, fused Adam" % torch.__version__, train_epoch, accuracy)
