"""JAX: contest_jax.py MNIST-DIRECTORY step|scan [PLUGIN]

step: a jitted step, batches gathered on the host; scan: one jitted lax.scan over the epoch, the
whole set on the device. Threads are those of the processors that this process may use. With the
library of a PJRT plugin, JAX computes on that instead of its own processor.
"""

import sys

import jax
import jax.numpy as jnp
import numpy as np

import contest

kind = sys.argv[2]
if len(sys.argv) > 3:
    from jax._src import xla_bridge

    xla_bridge.register_plugin("contested", library_path=sys.argv[3])
    jax.config.update("jax_platforms", "contested")
images, labels, test_images, test_labels = contest.mnist(sys.argv[1])
shuffler = np.random.default_rng(0)
parameters = [jnp.asarray(value) for value in contest.initial_parameters(shuffler)]
zeros = [jnp.zeros_like(value) for value in parameters]
state = (parameters, zeros, [jnp.zeros_like(value) for value in parameters], jnp.float32(0))


def logits(parameters, x):
    w1, b1, w2, b2 = parameters
    return jax.nn.relu(x @ w1 + b1) @ w2 + b2


def loss_of(parameters, x, y):
    log_probabilities = jax.nn.log_softmax(logits(parameters, x))
    return -jnp.mean(jnp.take_along_axis(log_probabilities, y[:, None], axis=1))


def step(state, x, y):
    parameters, m, v, t = state
    loss, gradients = jax.value_and_grad(loss_of)(parameters, x, y)
    t = t + 1
    c1, c2 = 1 - 0.9**t, jnp.sqrt(1 - 0.999**t)
    m = [0.9 * old + 0.1 * g for old, g in zip(m, gradients)]
    v = [0.999 * old + 0.001 * g * g for old, g in zip(v, gradients)]
    scale = contest.LEARNING_RATE / c1
    parameters = [
        p - scale * (a / (jnp.sqrt(b) / c2 + 1e-8)) for p, a, b in zip(parameters, m, v)
    ]
    return (parameters, m, v, t), loss


jitted_step = jax.jit(step, donate_argnums=0)


@jax.jit
def epoch_scan(state, x, y, order):
    return jax.lax.scan(lambda state, batch: step(state, x[batch], y[batch]), state, order)


def train_by_steps():
    global state
    for batch in epoch_order():
        state, loss = jitted_step(state, images[batch], labels[batch])
    jax.block_until_ready(state)


def train_by_scan():
    global state
    state, losses = epoch_scan(state, device_images, device_labels, epoch_order())
    jax.block_until_ready((state, losses))


def epoch_order():
    count = len(labels) // contest.BATCH * contest.BATCH
    return shuffler.permutation(len(labels))[:count].astype(np.int32).reshape(-1, contest.BATCH)


def accuracy():
    predicted = jnp.argmax(logits(state[0], test_images), axis=1)
    return float(jnp.mean(predicted == test_labels))


if kind == "scan":
    device_images, device_labels = jnp.asarray(images), jnp.asarray(labels)
    contest.take_part("JAX %s, jitted scan" % jax.__version__, train_by_scan, accuracy)
else:
    contest.take_part("JAX %s, jitted step" % jax.__version__, train_by_steps, accuracy)
