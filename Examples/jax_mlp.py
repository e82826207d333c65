"""An MLP with Adam for MNIST, lowered by JAX: what `simtrain train --step` trains.

    python jax_mlp.py FOLDER

writes to FOLDER
    init.mlir     key -> state
    step.mlir     state, images, labels -> state, loss
    predict.mlir  parameters, images -> logits

and prints the command. It needs jax and optax.
"""

import pathlib
import sys

import jax
import jax.numpy as jnp
import optax

BATCH, TEST_BATCH, HIDDEN = 64, 1000, 256
optimizer = optax.adam(1e-3)


def init(key):
    first, second = jax.random.split(key)
    he, glorot = jax.nn.initializers.he_uniform(), jax.nn.initializers.glorot_uniform()
    parameters = {
        "hidden": {"w": he(first, (784, HIDDEN)), "b": jnp.zeros(HIDDEN)},
        "output": {"w": glorot(second, (HIDDEN, 10)), "b": jnp.zeros(10)},
    }
    return parameters, optimizer.init(parameters)


def predict(parameters, images):
    hidden = jax.nn.relu(images @ parameters["hidden"]["w"] + parameters["hidden"]["b"])
    return hidden @ parameters["output"]["w"] + parameters["output"]["b"]


def mean_loss(parameters, images, labels):
    logits = predict(parameters, images)
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


def step(parameters, state, images, labels):
    loss, gradients = jax.value_and_grad(mean_loss)(parameters, images, labels)
    updates, state = optimizer.update(gradients, state, parameters)
    return optax.apply_updates(parameters, updates), state, loss


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    key = jax.ShapeDtypeStruct((2,), jnp.uint32)
    state = jax.eval_shape(init, key)
    images = jax.ShapeDtypeStruct((BATCH, 784), jnp.float32)
    labels = jax.ShapeDtypeStruct((BATCH,), jnp.int32)
    test_images = jax.ShapeDtypeStruct((TEST_BATCH, 784), jnp.float32)
    programs = {
        "init": jax.jit(init).lower(key),
        "step": jax.jit(step, donate_argnums=(0, 1)).lower(*state, images, labels),
        "predict": jax.jit(predict).lower(state[0], test_images),
    }
    for name, lowered in programs.items():
        (folder / f"{name}.mlir").write_text(lowered.as_text())
    fed = len(jax.tree.leaves(state))
    print(
        f"simtrain --step {folder}/step.mlir --init {folder}/init.mlir "
        f"--predict {folder}/predict.mlir --feed images={fed} --feed labels={fed + 1}"
    )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "."))
