"""Small JAX programs: each is lowered to StableHLO text and to bytecode at two versions, with inputs and results.

usage: programs.py OUT [NAME...]
"""
import sys, os
import numpy as np
import jax, jax.numpy as jnp
from jax import lax, random
from jax._src.lib import _jax
from functools import partial

PROGRAMS = {}
def program(*inputs, x64=False, donate=()):
    def add(f):
        PROGRAMS[f.__name__] = (f, inputs, x64, donate)
        return f
    return add
rng = np.random.default_rng(7)
def f32(*s, lo=-2.0, hi=2.0): return rng.uniform(lo, hi, s).astype(np.float32)
def i32(*s, lo=-50, hi=50): return rng.integers(lo, hi, s).astype(np.int32)
def u32(*s): return rng.integers(0, 2**32, s, dtype=np.uint64).astype(np.uint32)
KEY = np.array([17, 4711], np.uint32)
def key(k): return random.wrap_key_data(k)

# ---- layers and training steps
def mlp(p, x):
    for w, b in p[:-1]: x = jax.nn.gelu(x @ w + b)
    return x @ p[-1][0] + p[-1][1]
P = [(f32(12, 16), f32(16)), (f32(16, 5), f32(5))]
@program(P, f32(8, 12), i32(8, lo=0, hi=5))
def mlp_sgd(p, x, y):
    def loss(p): return -jnp.mean(jax.nn.log_softmax(mlp(p, x))[jnp.arange(8), y])
    l, g = jax.value_and_grad(loss)(p)
    return l, jax.tree.map(lambda a, b: a - 0.1 * b, p, g)
@program(f32(2, 9, 10, 4), f32(3, 3, 4, 6), f32(3, 2, 2, 6), f32(3, 3, 1, 4), f32(3,3,6,4))
def conv_variants(x, w, wg, wd, wt):
    dn = ("NHWC", "HWIO", "NHWC")
    c = partial(lax.conv_general_dilated, dimension_numbers=dn)
    return (c(x, w, (2, 1), "SAME"), c(x, w, (1, 1), "VALID", rhs_dilation=(2, 2)),
      c(x, w, (1, 1), [(2, 1), (0, 3)], lhs_dilation=(2, 3)), c(x, wg, (1, 2), "SAME", feature_group_count=2),
      c(x, wd, (1, 1), "SAME", feature_group_count=4), c(x, w, (1, 1), "VALID", batch_group_count=2),
      lax.conv_transpose(x, wt.transpose(0, 1, 3, 2), (2, 2), "SAME", dimension_numbers=dn))
@program(f32(2, 8, 8, 3), f32(3, 3, 3, 4), f32(3, 3, 2, 4))
def conv_gradients(x, w, wg):
    dn = ("NHWC", "HWIO", "NHWC")
    def a(x, w): return jnp.sum(jnp.sin(lax.conv_general_dilated(x, w, (2, 2), "SAME", dimension_numbers=dn)))
    def b(w, wg):
        y = lax.conv_general_dilated(x, w, (1, 2), [(0, 2), (1, 1)], rhs_dilation=(2, 1), dimension_numbers=dn)
        return jnp.sum(jnp.cos(lax.conv_general_dilated(y, wg, (1, 1), "SAME", feature_group_count=2, dimension_numbers=dn)))
    return jax.grad(a, (0, 1))(x, w), jax.grad(b, (0, 1))(w, wg)
@program(f32(2, 3, 11), f32(4, 3, 3), f32(1, 2, 5, 5, 4), f32(2, 2, 2, 2, 3))
def conv_1d_3d(x, w, v, u):
    return (lax.conv(x[:, :, :, None], w[:, :, :, None], (2, 1), "SAME"),
      lax.conv_general_dilated(v.transpose(0, 4, 1, 2, 3)[:, :2], u.transpose(4, 3, 0, 1, 2), (1, 2, 1), "VALID"))
@program(f32(6, 5, 5, 3), f32(3), f32(3), f32(3), f32(3, lo=0.5, hi=2))
def batch_norm_train(x, scale, bias, mean, var):
    def f(x, scale, bias):
        m = x.mean((0, 1, 2)); v = x.var((0, 1, 2))
        y = (x - m) * lax.rsqrt(v + 1e-5) * scale + bias
        return jnp.sum(jax.nn.relu(y) ** 2), (0.9 * mean + 0.1 * m, 0.9 * var + 0.1 * v)
    (l, s), g = jax.value_and_grad(f, (0, 1, 2), has_aux=True)(x, scale, bias)
    return l, s, g
@program(f32(4, 6, 16), f32(16), f32(16))
def layer_norm(x, g, b):
    def f(x, g, b):
        m = x.mean(-1, keepdims=True); v = ((x - m) ** 2).mean(-1, keepdims=True)
        return jnp.sum(jnp.tanh((x - m) / jnp.sqrt(v + 1e-6) * g + b))
    return jax.value_and_grad(f, (0, 1, 2))(x, g, b)
@program(f32(2, 4, 6, 8), f32(2, 4, 6, 8), f32(2, 4, 6, 8), i32(2, lo=3, hi=7))
def attention(q, k, v, n):
    def f(q, k, v):
        s = jnp.einsum("bhqd,bhkd->bhqk", q, k) / np.sqrt(8).astype(np.float32)
        m = jnp.tril(jnp.ones((6, 6), bool))[None, None] & (jnp.arange(6)[None, :] < n[:, None])[:, None, None]
        return jnp.einsum("bhqk,bhkd->bhqd", jax.nn.softmax(jnp.where(m, s, -1e30)), v)
    y, pull = jax.vjp(f, q, k, v)
    return y, pull(jnp.ones_like(y)), jax.nn.dot_product_attention(q, k, v, is_causal=True)
@program(f32(20, 8), i32(3, 7, lo=0, hi=20), f32(3, 7, 8))
def embedding(e, i, c):
    def f(e): return jnp.sum(e[i] * c)
    return f(e), jax.grad(f)(e), jax.nn.one_hot(i, 20) @ e
def optax_step():
    import optax
    p = {"w": f32(6, 4), "b": f32(4)}
    sched = optax.warmup_cosine_decay_schedule(0.0, 1e-2, 3, 10)
    tx = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(sched, weight_decay=0.1))
    s = tx.init(jax.tree.map(jnp.asarray, p))
    @program(p, jax.tree.map(np.asarray, s), f32(5, 6), i32(5, lo=0, hi=4), donate=(0, 1))
    def optax_adamw(p, s, x, y):
        def loss(p): return optax.softmax_cross_entropy_with_integer_labels(x @ p["w"] + p["b"], y).mean()
        l, g = jax.value_and_grad(loss)(p)
        u, s = tx.update(g, s, p)
        return optax.apply_updates(p, u), s, l
    for name in ("lion", "rmsprop", "adafactor", "lamb", "sgd"):
        t = getattr(optax, name)(1e-2, **({"momentum": 0.9, "nesterov": True} if name == "sgd" else {}))
        st = jax.tree.map(np.asarray, t.init(jax.tree.map(jnp.asarray, p)))
        def step(p, s, g, t=t):
            u, s = t.update(g, s, p)
            return optax.apply_updates(p, u), s
        step.__name__ = "optax_" + name
        program(p, st, {"w": f32(6, 4), "b": f32(4)})(step)
optax_step()
def flax_steps():
    import flax.linen as nn
    class CNN(nn.Module):
        @nn.compact
        def __call__(self, x, train):
            x = nn.Conv(4, (3, 3))(x); x = nn.BatchNorm(use_running_average=not train)(x); x = nn.relu(x)
            x = nn.max_pool(x, (2, 2), (2, 2)); x = nn.avg_pool(nn.Conv(6, (3, 3))(x), (2, 2), (2, 2), padding="SAME")
            x = x.reshape(x.shape[0], -1); x = nn.Dropout(0.3, deterministic=not train)(nn.Dense(10)(x))
            return nn.LayerNorm()(x)
    x = f32(3, 8, 8, 2)
    m = CNN()
    v = jax.tree.map(np.asarray, m.init(random.key(0), x, False))
    @program(v, x, i32(3, lo=0, hi=10), KEY)
    def flax_linen_cnn(v, x, y, k):
        def loss(p):
            o, u = m.apply({"params": p, "batch_stats": v["batch_stats"]}, x, True, mutable=["batch_stats"], rngs={"dropout": key(k)})
            return -jnp.take_along_axis(jax.nn.log_softmax(o), y[:, None], 1).mean(), u
        (l, u), g = jax.value_and_grad(loss, has_aux=True)(v["params"])
        return l, u, jax.tree.map(lambda a, b: a - 0.1 * b, v["params"], g)
    from flax import nnx
    model = nnx.Sequential(nnx.Linear(6, 8, rngs=nnx.Rngs(0)), nnx.relu, nnx.Linear(8, 3, rngs=nnx.Rngs(1)))
    gd, st = nnx.split(model)
    @program(jax.tree.map(np.asarray, st), f32(4, 6), i32(4, lo=0, hi=3))
    def flax_nnx_mlp(st, x, y):
        def loss(s): return jnp.mean(jax.nn.logsumexp(nnx.merge(gd, s)(x), -1) - jnp.take_along_axis(nnx.merge(gd, s)(x), y[:, None], 1)[:, 0])
        l, g = jax.value_and_grad(loss)(st)
        return l, jax.tree.map(lambda a, b: a - 0.1 * b, st, g)
    class Lstm(nn.Module):
        @nn.compact
        def __call__(self, x): return nn.RNN(nn.LSTMCell(5))(x), nn.RNN(nn.GRUCell(4))(x), nn.SelfAttention(2)(x)
    xs = f32(2, 6, 4); lm = Lstm(); lv = jax.tree.map(np.asarray, lm.init(random.key(1), xs))
    @program(lv, xs)
    def flax_rnn(v, x):
        return lm.apply(v, x), jax.grad(lambda v: sum(jnp.sum(o ** 2) for o in lm.apply(v, x)))(v)
flax_steps()
def gpt():
    d, h, n, voc = 16, 2, 2, 24
    p = {"e": f32(voc, d) * .3, "pos": f32(8, d) * .3, "b": [{"qkv": f32(d, 3 * d) * .3, "o": f32(d, d) * .3, "u": f32(d, 32) * .3, "v": f32(32, d) * .3, "g": np.ones(d, np.float32)} for _ in range(n)]}
    def fwd(p, t, dt):
        x = (p["e"][t] + p["pos"][: t.shape[1]]).astype(dt)
        for b in p["b"]:
            b = jax.tree.map(lambda a: a.astype(dt), b)
            y = x * lax.rsqrt(jnp.mean(x.astype(jnp.float32) ** 2, -1, keepdims=True) + 1e-6).astype(dt) * b["g"]
            q, k, v = jnp.split((y @ b["qkv"]).reshape(*t.shape, h, -1), 3, -1)
            s = jnp.einsum("bqhd,bkhd->bhqk", q, k, preferred_element_type=jnp.float32) / np.float32(np.sqrt(d // h))
            s = jnp.where(jnp.tril(jnp.ones((t.shape[1],) * 2, bool)), s, -jnp.inf)
            a = jax.nn.softmax(s, -1).astype(dt)
            x = x + jnp.einsum("bhqk,bkhd->bqhd", a, v).reshape(x.shape) @ b["o"]
            x = x + jax.nn.silu(x @ b["u"]) @ b["v"]
        return (x @ p["e"].T.astype(dt)).astype(jnp.float32)
    for dt, nm in ((jnp.float32, "gpt_f32"), (jnp.bfloat16, "gpt_bf16_step"), (jnp.float16, "gpt_f16")):
        def step(p, t, dt=dt):
            def loss(p):
                l = fwd(p, t[:, :-1], dt)
                return jnp.mean(jax.nn.logsumexp(l, -1) - jnp.take_along_axis(l, t[:, 1:, None], -1)[..., 0])
            l, g = jax.value_and_grad(jax.checkpoint(loss))(p)
            n = jnp.sqrt(sum(jnp.sum(x * x) for x in jax.tree.leaves(g)))
            return l, jax.tree.map(lambda a, b: a - 0.1 * b / jnp.maximum(1, n), p, g)
        step.__name__ = nm
        program(p, i32(2, 7, lo=0, hi=voc))(step)
gpt()
# ---- random
@program(KEY)
def random_continuous(k):
    k = key(k); a = random.split(k, 9)
    return (random.uniform(a[0], (5, 3)), random.normal(a[1], (7,)), random.truncated_normal(a[2], -1.5, 2, (4, 4)),
      random.gumbel(a[3], (6,)), random.exponential(a[4], (6,)), random.laplace(a[5], (6,)), random.cauchy(a[6], (5,)), random.logistic(a[7], (5,)),
      random.key_data(random.fold_in(a[8], 3)))
@program(KEY, f32(4, 6))
def random_discrete(k, logits):
    a = random.split(key(k), 8)
    return (random.bernoulli(a[0], 0.3, (9,)), random.categorical(a[1], logits), random.permutation(a[2], 13),
      random.randint(a[3], (7,), -3, 50), random.bits(a[4], (5,)), random.choice(a[5], 10, (4,), replace=False),
      random.randint(a[6], (3,), 0, 7, dtype=np.uint8), random.rademacher(a[7], (5,)))
@program(KEY, f32(6, 8))
def dropout(k, x):
    def f(x): return jnp.sum(jnp.where(random.bernoulli(key(k), 0.8, x.shape), x / 0.8, 0) ** 2)
    return f(x), jax.grad(f)(x)
@program(KEY)
def random_bf16(k):
    a = random.split(key(k), 3)
    return random.normal(a[0], (5, 2), jnp.bfloat16), random.uniform(a[1], (4,), jnp.float16), random.bits(a[2], (5,), np.uint16)
@program(KEY)
def random_gamma(k):
    a = random.split(key(k), 4)
    return random.gamma(a[0], 2.5, (3,)), random.beta(a[1], 2.0, 3.0, (3,)), random.poisson(a[2], 4.0, (5,)), random.dirichlet(a[3], jnp.ones(4))
@program(np.array([3, 5, 7, 11], np.uint32))
def random_rbg(k):
    k = random.wrap_key_data(k, impl="rbg")
    a, b = random.split(k)
    return random.normal(a, (6,)), random.uniform(b, (3, 5)), random.bits(a, (3,), np.uint8)
@program(np.array([3, 5, 7, 11], np.uint32))
def random_unsafe_rbg(k):
    a, b = random.split(random.wrap_key_data(k, impl="unsafe_rbg"))
    return random.normal(a, (6,)), random.randint(b, (5,), 0, 9)
@program(np.array([5, 2**40 + 3], np.uint64), x64=True)
def rng_bit_generator(s):
    R = lax.RandomAlgorithm
    out = []
    for alg in (R.RNG_THREE_FRY, R.RNG_PHILOX, R.RNG_DEFAULT):
        for shape, dt in (((7,), np.uint32), ((3, 4), np.uint64), ((5, 3), np.uint8), ((), np.uint16), ((2, 3, 5), np.uint32)):
            out.append(lax.rng_bit_generator(s, shape, dt, algorithm=alg))
    return out
# ---- reductions, sorts, scans
@program(f32(3, 40), i32(3, 40))
def cumulative(x, i):
    return (jnp.cumsum(x, 1), jnp.cumprod(x, 1), lax.cummax(x, 1), lax.cummin(x, 0), lax.cumlogsumexp(x, 1), jnp.cumsum(i, 0), lax.cumsum(x, 1, reverse=True),
      lax.associative_scan(lambda a, b: (a[0] * b[0], a[1] * b[0] + b[1]), (x, x), axis=1), jax.grad(lambda x: jnp.sum(jnp.cumsum(x) ** 2))(x))
@program(f32(4, 9), i32(4, 9))
def sorts(x, i):
    x = x.at[0, 0].set(jnp.nan).at[1, 2].set(-jnp.inf).at[2, 1].set(-0.0).at[2, 2].set(0.0)
    return (jnp.sort(x, 1), jnp.argsort(x, 0), lax.top_k(x, 3), lax.sort((i, x), dimension=1, num_keys=2), jnp.sort(i, descending=True),
      jnp.argmax(x, 1), jnp.argmin(i, 0), jnp.median(x[3]), jnp.quantile(x[3], jnp.array([0.1, 0.5])), jnp.argsort(i.astype(jnp.int8), 1), jnp.unique(i[0], size=6), jnp.searchsorted(jnp.sort(i[1]), i[2]))
@program(f32(4, 5), np.array(rng.integers(0, 2, (4, 5)), bool), i32(4, 5), u32(4, 5))
def reductions(x, b, i, u):
    r = lambda f, init, x: lax.reduce(x, init, f, (1,))
    return (jnp.max(x, 1), jnp.min(x, 0), jnp.prod(x, 1), jnp.sum(x), jnp.any(b, 1), jnp.all(b, 0), jnp.sum(b), jnp.mean(x, 0), jnp.std(x, 1), jnp.var(x),
      r(lax.bitwise_or, np.int32(0), i), r(lax.bitwise_and, np.int32(-1), i), r(lax.bitwise_xor, np.int32(5), i), r(jnp.logaddexp, np.float32(-np.inf), x), r(lambda a, b: a * 0.5 + b, np.float32(0), x),
      jnp.max(i), jnp.min(i, 1), jnp.prod(i, 1), jnp.sum(u, 0), jnp.max(u), jnp.min(u, 1), jnp.count_nonzero(b), jnp.ptp(x), jax.nn.logsumexp(x, 1), jnp.nanmax(x, 1), jnp.average(x, weights=jnp.abs(x)),
      lax.reduce_xor(b, (0,)), jnp.linalg.norm(x), jnp.argmax(b, 1), lax.reduce((x, i), (np.float32(-np.inf), np.int32(0)), lambda a, b: (jnp.maximum(a[0], b[0]), a[1] + b[1]), (0,)))
@program(f32(2, 9, 8, 3), i32(5, 7))
def windows(x, i):
    w = lambda x, init, f, d, s, p, **k: lax.reduce_window(x, init, f, d, s, p, **k)
    mp = lambda x: w(x, -jnp.inf, lax.max, (1, 3, 2, 1), (1, 2, 2, 1), "SAME")
    mn = lambda x: w(x, jnp.inf, lax.min, (1, 3, 3, 1), (1, 2, 1, 1), "VALID")
    av = lambda x: w(x, 0.0, lax.add, (1, 2, 2, 1), (1, 2, 2, 1), "SAME")
    g = lambda f: jax.grad(lambda x: jnp.sum(jnp.sin(f(x))))(x)
    return (mp(x), mn(x), av(x), g(mp), g(mn), g(av), w(i, np.int32(0), lax.add, (2, 3), (1, 2), "SAME"), w(i, np.int32(1), lax.mul, (2, 2), (1, 1), "VALID"), w(i, np.int32(-2**31), lax.max, (2, 2), (1, 1), ((1, 0), (0, 1))),
      w(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 1, 1, 1), "VALID", window_dilation=(1, 2, 2, 1)), w(x, 0.0, lax.add, (1, 2, 2, 1), (1, 1, 1, 1), "VALID", base_dilation=(1, 2, 2, 1)),
      w(x, np.float32(0), jnp.logaddexp, (1, 2, 2, 1), (1, 2, 2, 1), "VALID"), w(x, np.float32(3), lax.add, (1, 2, 2, 1), (1, 2, 2, 1), "SAME"),
      lax.reduce_window((x, x), (np.float32(-np.inf), np.float32(0)), lambda a, b: (jnp.maximum(a[0], b[0]), a[1] + b[1]), (1, 2, 2, 1), (1, 2, 2, 1), "VALID"))
@program(f32(5), f32(7, 5))
def scans(c, xs):
    def f(c, x): return jnp.tanh(c * 0.9 + x), (c.sum(), x * 2)
    a = lax.scan(f, c, xs); b = lax.scan(f, c, xs, reverse=True)
    g = jax.grad(lambda c: jnp.sum(lax.scan(f, c, xs)[0]))(c)
    return a, b, g, lax.map(lambda x: jnp.sort(x), xs), lax.scan(lambda c, _: (c + 1, c), np.int32(3), None, length=4), lax.scan(f, c, xs, unroll=3)
@program(f32(), i32(lo=3, hi=9))
def loops(x, n):
    w = lax.while_loop(lambda s: s[0] < 100, lambda s: (s[0] * 1.7 + 1, s[1] + 1), (jnp.abs(x), 0))
    return w, lax.fori_loop(0, 5, lambda i, a: a + i * x, x), lax.fori_loop(0, n, lambda i, a: a * 1.1 + i, x), lax.fori_loop(2, 6, lambda i, a: a.at[i].set(i * x), jnp.zeros(8))
@program(f32(4), i32(lo=0, hi=3), np.array(True))
def branches(x, i, p):
    return (lax.cond(p, lambda x: x * 2, lambda x: x - 1, x), lax.switch(i, [jnp.sin, jnp.cos, lambda x: x * 0], x), lax.cond(x[0] > 0, lambda: (x, 1), lambda: (x + 1, 2)),
      jax.vmap(lambda v: lax.cond(v > 0, lambda v: v * 3, lambda v: -v, v))(x), jax.grad(lambda x: jnp.sum(lax.cond(p, jnp.sin, jnp.exp, x)))(x), lax.switch(i + 9, [lambda: 1.0, lambda: 2.0]))
# ---- indexing
@program(f32(6, 7), i32(4, lo=-9, hi=9), f32(4, 7), i32(4, 2, lo=-2, hi=8), f32(4))
def gathers_scatters(x, i, u, j, v):
    a = x.at[i]
    return ([a.set(u, mode=k) for k in ("drop", "clip")], a.add(u), a.mul(u), a.min(u), a.max(u), a.get(mode="fill", fill_value=7), a.get(mode="clip"), x[i], x[:, i[0]], x[j[:, 0], j[:, 1]],
      x.at[j[:, 0], j[:, 1]].add(v), x.at[:, 2].set(9.0), x.at[1:4, ::2].multiply(2.0), x.at[i].apply(jnp.sin), x[jnp.abs(i) % 6][:, None, ::-1], jnp.take(x, i, axis=1, mode="wrap"), jax.grad(lambda x: jnp.sum(x[i] ** 2))(x), x.at[i].divide(u), x.at[i].power(2.0))
@program(f32(6, 7), i32(6, 3, lo=0, hi=7), i32(lo=-3, hi=9), i32(9, lo=0, hi=4), f32(9, 2))
def slices(x, i, s, seg, d):
    return (lax.dynamic_slice(x, (s, 2), (2, 3)), lax.dynamic_slice_in_dim(x, s, 3, 1), lax.dynamic_update_slice(x, jnp.ones((2, 2)), (s, s)), lax.dynamic_index_in_dim(x, 4, 0),
      jnp.take_along_axis(x, i, 1), jnp.put_along_axis(x, i, 5.0, 1, inplace=False), jax.ops.segment_sum(d, seg, 4), jax.ops.segment_max(d, seg, 4), jnp.roll(x, 3, 1), jnp.roll(x, s, 0), jnp.flip(x), jnp.tile(x, (2, 1)), jnp.repeat(x, 2, 1),
      lax.pad(x, np.float32(1), [(-1, 2, 1), (2, -3, 0)]), lax.pad(x, np.float32(0), [(-2, -1, 2), (1, 1, 3)]), jnp.pad(x, 2, mode="reflect"), jnp.pad(x, 1, mode="wrap"), jnp.tril(x), jnp.triu(x, 1), jnp.diag(x[:, :6]), jnp.diagonal(x), jnp.eye(4), jnp.tri(3),
      jnp.bincount(seg, length=5), jnp.meshgrid(x[0], x[1]), jnp.where(x > 0, x, 0), jnp.nonzero(x[0] > 0, size=5), jnp.histogram(x, 4), jnp.interp(x[0], jnp.arange(4.0), x[1, :4]), jnp.outer(x[0], x[1]), jnp.kron(x[:2, :2], x[:2, :2]), jnp.trace(x), jnp.convolve(x[0], x[1, :3]), jnp.digitize(x[0], x[1]), jnp.select([x > 1, x < -1], [x, -x], 0), jnp.rot90(x), jnp.block([[x, x]]), jnp.split(x, 3))
@program(f32(2, 3, 4), f32(4, 5), f32(2, 5, 3), f32(3))
def einsums(a, b, c, v):
    return jnp.einsum("ijk,kl->ijl", a, b), jnp.einsum("ijk,kl,ilj->i", a, b, c), jnp.einsum("iij->j", a[:, :2]), jnp.tensordot(a, c, ((0, 1), (0, 2))), v @ v, a @ b, jnp.matmul(c, a), jnp.vdot(v, v), jnp.cross(v, v[::-1]), lax.dot_general(a, c, (((1,), (2,)), ((0,), (0,)))), jnp.linalg.matrix_power(b[:4, :4], 3), jnp.polyval(v, v), jnp.vander(v)
# ---- elementwise
X = np.concatenate([f32(25), np.array([0, -0.0, 1, -1, 0.5, -0.5, 2.5, 3.5, -2.5, 1e-4, 20, -20], np.float32)])
U = np.clip(X, -0.999, 0.999)
@program(X, U)
def special_functions(x, u):
    return (lax.erf(x), lax.erfc(x), lax.erf_inv(u), lax.lgamma(x + 0.25), lax.digamma(x + 0.25), jnp.tan(x), jnp.arcsin(u), jnp.arccos(u), jnp.arctan(x), jnp.sinh(x), jnp.cosh(x), jnp.tanh(x), jnp.arcsinh(x), jnp.arccosh(jnp.abs(x) + 1), jnp.arctanh(u), jnp.arctan2(x, u), jnp.cbrt(x), jnp.exp2(x), jnp.expm1(x), jnp.log1p(u), jnp.log2(jnp.abs(x) + 1), jnp.log10(jnp.abs(x) + 1), jnp.logaddexp(x, u), jax.nn.softplus(x), jax.nn.sigmoid(x), jax.nn.gelu(x, approximate=False), jax.nn.silu(x), jax.nn.elu(x), jax.nn.mish(x), jax.nn.softmax(x), jnp.sinc(x), lax.bessel_i0e(x), lax.bessel_i1e(x), jax.scipy.special.gammaln(jnp.abs(x) + 1), lax.igamma(jnp.abs(u) + 1, jnp.abs(x)), jax.scipy.special.betaln(jnp.abs(x) + 1, jnp.abs(u) + 1), jax.scipy.special.zeta(jnp.abs(x) + 1.5, 1.0), jax.scipy.special.polygamma(1, jnp.abs(x) + 1), jax.scipy.special.entr(jnp.abs(u)), jax.scipy.special.ndtri(jnp.abs(u) * 0.9 + 0.05), jax.scipy.special.xlogy(u, jnp.abs(x)))
@program(X, U)
def special_gradients(x, u):
    fs = [lax.erf, lax.erfc, jnp.tan, jnp.arctan, jnp.sinh, jnp.cosh, jnp.tanh, jnp.arcsinh, jnp.expm1, jax.nn.softplus, jax.nn.gelu, jax.nn.silu, jax.nn.elu, jnp.sin, jnp.cos, jax.nn.relu6, jax.nn.hard_swish, jax.nn.leaky_relu, jnp.abs]
    gs = [lax.erf_inv, jnp.arcsin, jnp.arccos, jnp.arctanh, jnp.log1p]
    return [jax.vmap(jax.grad(f))(x) for f in fs], [jax.vmap(jax.grad(f))(u) for f in gs], jax.vmap(jax.grad(lax.lgamma))(x + 0.25), jax.vmap(jax.hessian(jnp.sin))(x)
@program(X, X[::-1].copy())
def rounding(x, y):
    z = x.at[0].set(jnp.nan).at[1].set(jnp.inf).at[2].set(-jnp.inf)
    return (jnp.round(z), jnp.floor(z), jnp.ceil(z), jnp.trunc(z), jnp.rint(z), lax.round(z, lax.RoundingMethod.AWAY_FROM_ZERO), jnp.sign(z), jnp.nextafter(z, y), jnp.isnan(z), jnp.isinf(z), jnp.isfinite(z), jnp.isposinf(z), jnp.signbit(z), jnp.copysign(x, y), jnp.fmod(x, y + 0.3), jnp.mod(x, y + 0.3), jnp.floor_divide(x, y + 0.3), jnp.nan_to_num(z), jnp.maximum(z, y), jnp.fmin(z, y), jnp.clip(z, -1, 1), lax.reduce_precision(x, 5, 10), jnp.square(x), jnp.reciprocal(x + 0.3), jnp.hypot(x, y), jnp.frexp(x), jnp.ldexp(x, 3), jnp.modf(x), jnp.power(jnp.abs(x) + 0.1, y), x ** 3, jnp.float_power(jnp.abs(x) + 1, 2), jnp.heaviside(x, 0.5), jnp.deg2rad(x), lax.rsqrt(jnp.abs(x) + 1), lax.population_count(z.view(np.int32)), jnp.array_equal(x, y), jnp.allclose(x, x))
I = np.array([0, 1, -1, 7, -7, 2**31 - 1, -2**31, 12345, -98765, 64], np.int32)
J = np.array([3, -2, 1, 0, 5, -1, -1, 31, 32, 40], np.int32)
@program(I, J, I.astype(np.uint32), J.astype(np.uint32))
def integers(a, b, u, v):
    return (a + b, a * b, lax.div(a, b), lax.rem(a, b), a // jnp.where(b == 0, 1, b), a % jnp.where(b == 0, 1, b), a << b, a >> b, lax.shift_right_logical(a, b), lax.population_count(a), lax.clz(a), a & b, a | b, a ^ b, ~a, jnp.abs(a), jnp.sign(a), -a, a ** 3, jnp.gcd(a, b),
      u // jnp.where(v == 0, 1, v), lax.rem(u, v), u << v, u >> v, u * v, u > v, lax.clz(u), a > b, jnp.maximum(u, v), jnp.minimum(a, b), a.astype(jnp.int8), a.astype(jnp.uint8), a.astype(jnp.uint32), u.astype(jnp.int32), a.astype(jnp.int16), u.astype(jnp.uint16), a.astype(jnp.float32), u.astype(jnp.float32), a.astype(jnp.bfloat16), u.astype(jnp.float16), a.astype(bool), (a.astype(jnp.float32) * 1.5).astype(jnp.uint8), u.view(jnp.float32) * 0, a.astype(jnp.int16) * b.astype(jnp.int16), a.astype(jnp.int8) @ b.astype(jnp.int8), a @ b, u @ v, jnp.dot(a.astype(jnp.int8), b.astype(jnp.int8), preferred_element_type=jnp.int32), jnp.packbits(a > 0), jnp.invert(a > 0), jnp.clip(a, -5, 5), jnp.isin(a, b), jnp.bitwise_count(u), jnp.left_shift(a, 2), jnp.array([True, False]) + jnp.array([True, True]))
@program(I.astype(np.int64) * 2**31 + 12345, J.astype(np.int64), I.astype(np.uint64), rng.uniform(-2, 2, (4, 5)), rng.uniform(-2, 2, (5, 3)), x64=True)
def x64(a, b, u, x, y):
    return (a + b, a * a, lax.div(a, b), lax.rem(a, b), a << b, lax.shift_right_logical(a, b), lax.clz(a), lax.population_count(u), u // 7, u % 1000, a.astype(jnp.int32), a.astype(jnp.float32), a.astype(jnp.float64), u.astype(jnp.float32), u.astype(jnp.float64), x.astype(jnp.int64), jnp.sum(a), jnp.max(u), jnp.cumsum(a), jnp.sort(u), jnp.argsort(a), a > b, u > 5, x @ y, jnp.sin(x), jnp.exp(x), jax.nn.softmax(x), jnp.tanh(x) @ jnp.cos(y), jax.grad(lambda x: jnp.sum(jnp.tanh(x @ y) ** 2))(x), lax.erf_inv(x / 2.1), lax.lgamma(x + 2.1), lax.erf(x), jnp.log1p(jnp.abs(x)), jnp.sort(x), jnp.arctan2(x, x.T[:4, :1]), jnp.power(jnp.abs(x), 1.5), x.astype(jnp.float32), x.astype(jnp.bfloat16), jnp.arange(5), jnp.prod(u[3:5]), jnp.argmax(x, 1), a.at[b % 10].add(b), jnp.floor(x), u.view(jnp.int64), jnp.isfinite(x), jnp.round(x, 1), x.view(jnp.uint64) >> 12, jnp.maximum(a, b), jnp.clip(a, -5, 5), jnp.var(x), jnp.cbrt(x), jnp.arcsin(x / 2.1), jnp.digitize(x[0], y[:, 0]), jnp.minimum(u, 3), a @ b, jnp.median(x))
@program(KEY, x64=True)
def x64_random(k):
    a = random.split(key(k), 4)
    return random.normal(a[0], (5,)), random.uniform(a[1], (4,)), random.randint(a[2], (5,), -2**40, 2**50), random.permutation(a[3], 9)
@program(f32(4, 6), f32(6, 3))
def mixed_precision(x, w):
    b = x.astype(jnp.bfloat16); h = x.astype(jnp.float16)
    return (b @ w.astype(jnp.bfloat16), jnp.dot(b, w.astype(jnp.bfloat16), preferred_element_type=jnp.float32), h @ w.astype(jnp.float16), b + x, b.sum(1), h.mean(0), jnp.exp(b), jnp.tanh(h), jax.nn.softmax(b), jax.grad(lambda x: jnp.sum(jnp.sin(x.astype(jnp.bfloat16)).astype(jnp.float32)))(x), b.max(1), h.min(), b.astype(jnp.float16), (b > 0).astype(jnp.bfloat16), jnp.sort(b, 1), jnp.argmax(h, 1), jnp.cumsum(b, 1), b.view(jnp.uint16), jnp.prod(h, 1), lax.dot(x, w, precision="highest"), b.astype(jnp.int32), h * 3, jnp.round(b), b ** 2, lax.rsqrt(jnp.abs(h) + 1), jnp.var(b), jax.nn.gelu(b), jnp.where(b > h, b, h))
@program(f32(4, 3))
def composites(x):
    f = lax.composite(lambda x, *, k: x * k + 1, "my.scale")
    y = lax.optimization_barrier((x, x + 1))
    z = jax.checkpoint(lambda x: jnp.sin(jnp.sin(x)))
    c = jax.custom_jvp(lambda x: x * x); c.defjvp(lambda p, t: (p[0] * p[0], 2 * p[0] * t[0]))
    return f(x, k=np.float32(3)), y, jax.grad(lambda x: z(x).sum())(x), jax.grad(lambda x: c(x).sum())(x), jax.jvp(jnp.exp, (x,), (x,)), jax.jacfwd(lambda v: jnp.sin(v))(x[0]), jax.nn.relu(x)
@program(f32(8, 3))
def sharding(x):
    from jax.sharding import Mesh, NamedSharding, PartitionSpec as S
    m = Mesh(np.array(jax.devices()[:1]), ("d",))
    return lax.with_sharding_constraint(x, NamedSharding(m, S("d"))) * 2
@program(f32(3, 4), f32(5, 4))
def vmaps(x, y):
    f = lambda a, b: jnp.sum(jnp.tanh(a * b) @ jnp.ones((4,)))
    return jax.vmap(lambda a: jax.vmap(lambda b: f(a, b))(y))(x), jax.vmap(jax.grad(f), (0, None))(x, y[0]), jax.vmap(lambda a, i: a[i])(x, jnp.array([1, 0, 3])), jax.vmap(lambda a, i: lax.dynamic_slice(a, (i,), (2,)))(x, jnp.array([1, 5, 0])), jax.vmap(lambda a: a.at[1].add(2.0))(x), jax.vmap(lambda a, i: a.at[i].set(0.0))(x, jnp.array([1, 0, 3])), jax.vmap(jnp.sort)(x), jax.vmap(lambda v, n: lax.fori_loop(0, n, lambda i, c: c * 1.5, v))(x[0], jnp.array([1, 2, 0, 4]))
@program(f32(5, 5), f32(5, 2))
def linear_algebra_free(a, b):
    def cg(v):
        s = a @ a.T + 5 * jnp.eye(5)
        return jax.scipy.sparse.linalg.cg(lambda x: s @ x, v, maxiter=8)[0]
    return cg(b[:, 0])
@program(f32(3, 0, 2), f32(3, 0), f32(0))
def empties(x, y, z):
    return jnp.sum(x, 1), jnp.concatenate([y, y], 1), jnp.sum(z), x * 2, jnp.max(z, initial=3.0), y.T @ jnp.ones((3, 2)), jnp.ones((3, 2)) @ jnp.ones((2, 0)), jnp.sort(z), z[:0]
@program(u32(6), u32(4, 3))
def bit_tricks(u, v):
    h = u
    for c in (0x85ebca6b, 0xc2b2ae35): h = (h ^ (h >> 16)) * np.uint32(c)
    return h, lax.bitcast_convert_type(v, jnp.uint8), lax.bitcast_convert_type(lax.bitcast_convert_type(v, jnp.uint8), jnp.float32), (u >> 9 | np.uint32(0x3F800000)).view(np.float32) - 1, lax.reduce(v, np.uint32(0), lax.bitwise_xor, (0,)), jnp.unpackbits(v.view(np.uint8)[0]), jnp.flip(u) ^ u, u.sum(), v.max(0), jnp.sort(u), u % 10, u / 7

def run(name, out):
    f, inputs, x64, donate = PROGRAMS[name]
    jax.config.update("jax_enable_x64", x64)
    try:
        low = jax.jit(f, donate_argnums=donate, keep_unused=True).lower(*inputs)
        text = low.as_text()
        open(f"{out}/{name}.mlir", "w").write(text)
        from jaxlib.mlir.dialects import stablehlo as hlo
        NEWEST = hlo.get_current_version()
        for v in ("1.0.0", NEWEST):
            try:
                b = _jax.mlir.serialize_portable_artifact(text, v)
                open(f"{out}/{name}.vhlo-{v}.bc", "wb").write(b)
            except Exception as e: print(name, v, "NOBYTECODE", str(e)[:120])
        args = jax.tree.leaves(inputs)
        res = jax.jit(f, keep_unused=True)(*inputs)
        res = jax.tree.leaves(res)
        d = {f"in{i}": np.asarray(a) for i, a in enumerate(args)}
        for i, r in enumerate(res):
            r = np.asarray(r)
            if r.dtype == jnp.bfloat16: r = r.astype(np.float32)
            d[f"out{i}"] = r
        np.savez_compressed(f"{out}/{name}.npz", **d)
        print(name, "ok", len(res), len(text))
    except Exception as e:
        print(name, "FAILED", type(e).__name__, str(e)[:300].replace("\n", " "))
    finally:
        jax.config.update("jax_enable_x64", False)

if __name__ == "__main__":
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    for name in sys.argv[2:] or PROGRAMS: run(name, out)
