"""The expected values of TinyRunTest: four steps of a tiny model with PyTorch in float64."""
import math
import torch

torch.set_default_dtype(torch.float64)
V, D, L, H, KV, HID, T, EPS = 64, 32, 2, 2, 1, 96, 16, 1e-6
HD = D // H
shapes = [("tok_embeddings.weight", V, D), ("norm.weight", 1, D), ("output.weight", V, D)]
for l in range(L):
    p = f"layers.{l}."
    shapes += [(p + "attention.wq.weight", D, D), (p + "attention.wk.weight", KV * HD, D), (p + "attention.wv.weight", KV * HD, D),
               (p + "attention.wo.weight", D, D), (p + "feed_forward.w1.weight", HID, D), (p + "feed_forward.w3.weight", HID, D),
               (p + "feed_forward.w2.weight", D, HID), (p + "attention_norm.weight", 1, D), (p + "ffn_norm.weight", 1, D)]
w, at = {}, 0
for name, rows, cols in shapes:
    v = torch.tensor([0.2 * math.sin(0.7 * i + 0.001 * i * i % 7) + (1 if rows == 1 else 0) for i in range(at, at + rows * cols)])
    v = v.float().double()  # the weights of the run under test are float32
    w[name] = (v if rows == 1 else v.view(rows, cols)).requires_grad_()
    at += rows * cols


def rms(x, g):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPS) * g


def rotate(x):  # [T, heads, HD]
    t = torch.arange(T).unsqueeze(1)
    angle = t * 10000.0 ** (-torch.arange(0, HD, 2) / HD)
    c, s = angle.cos().unsqueeze(1), angle.sin().unsqueeze(1)
    e, o = x[..., 0::2], x[..., 1::2]
    return torch.stack([e * c - o * s, e * s + o * c], -1).flatten(-2)


def forward(ids, mask):
    h = w["tok_embeddings.weight"][ids]
    for l in range(L):
        p = f"layers.{l}."
        y = rms(h, w[p + "attention_norm.weight"])
        q = rotate((y @ w[p + "attention.wq.weight"].T).view(T, H, HD))
        k = rotate((y @ w[p + "attention.wk.weight"].T).view(T, KV, HD)).repeat_interleave(H // KV, 1)
        v = (y @ w[p + "attention.wv.weight"].T).view(T, KV, HD).repeat_interleave(H // KV, 1)
        s = torch.einsum("thd,shd->hts", q, k) / math.sqrt(HD) + mask
        a = torch.einsum("hts,shd->thd", s.softmax(-1), v).reshape(T, D)
        h = h + a @ w[p + "attention.wo.weight"].T
        z = rms(h, w[p + "ffn_norm.weight"])
        gate = z @ w[p + "feed_forward.w1.weight"].T
        h = h + (gate * torch.sigmoid(gate) * (z @ w[p + "feed_forward.w3.weight"].T)) @ w[p + "feed_forward.w2.weight"].T
    return rms(h, w["norm.weight"]) @ w["output.weight"].T


# Two sequences: one document of 17 tokens; one of 9 and one of 9 whose last token does not fit, learned from its fourth token.
docs = [[(7 * i + 3) % V for i in range(17)], [(11 * i + 5) % V for i in range(9)], [(13 * i + 1) % V for i in range(9)]]
ids = [docs[0][:-1], docs[1][:-1] + docs[2][:-1]]
targets = [docs[0][1:], docs[1][1:] + docs[2][1:]]
weights = torch.tensor([[1.0] * 16, [1.0] * 8 + [0.0, 0.0, 1, 1, 1, 1, 1, 1]])
starts = [[0] * 16, [0] * 8 + [8] * 8]
m = {n: torch.zeros_like(t) for n, t in w.items()}
s = {n: torch.zeros_like(t) for n, t in w.items()}
for step in range(1, 5):
    loss = 0
    for b in range(2):
        mask = torch.tensor([[0.0 if starts[b][i] <= j <= i else -math.inf for j in range(T)] for i in range(T)])
        logp = forward(torch.tensor(ids[b]), mask).log_softmax(-1)
        loss = loss - (logp[torch.arange(T), torch.tensor(targets[b])] * weights[b]).sum()
    loss = loss / weights.sum()
    grads = dict(zip(w, torch.autograd.grad(loss, list(w.values()))))
    norm = math.sqrt(sum(g.pow(2).sum().item() for g in grads.values()))
    clip = min(1.0, 1.0 / norm)
    rate = 0.01 * step / 4
    print(f"{step}: loss {loss.item():.9f} norm {norm:.9f}")
    with torch.no_grad():
        for n, t in w.items():
            g = grads[n] * clip
            m[n] = 0.9 * m[n] + 0.1 * g
            s[n] = 0.95 * s[n] + 0.05 * g * g
            decay = 0.1 if t.dim() == 2 and n != "tok_embeddings.weight" else 0.0
            t -= rate * (m[n] / (1 - 0.9**step) / ((s[n] / (1 - 0.95**step)).sqrt() + 1e-8) + decay * t)
