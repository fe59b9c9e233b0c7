"""Our training step beside PyTorch's on the same sizes, interleaved: short runs in turn, medians of the ratios of neighbours.

usage: pip install torch==2.13.0; cargo bench -p xp-step --profile dev --no-run; python training_peers.py BENCH_BINARY [--rounds 9]
[--seconds 2] [--cpu]. With --cpu and one thread, seconds of the processor instead of the clock's: a machine that others use too. Our
products are those of the same torch's libraries. With ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 MKL_ENABLE_INSTRUCTIONS=AVX2
all do without AVX-512.
original: the study's module as it was (nn.MultiheadAttention, sigmoid and BCELoss, AdamW's default, clip_grad_norm_).
tuned: one product for q, k, v, SDPA, BCE with logits, fused AdamW, foreach clipping, eager.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import time

import torch
from torch import nn
from torch.nn import functional as F

CONTEXT, PATCH, FEATURES, ROWS, RATE = 60, 10, 20, 2000, 0.1  # of the benchmark
SHAPES = {"2M": (192, 6, 4, 768), "20M": (512, 8, 6, 2048)}


def revin(x, gamma, beta):
    return (x - x.mean(1, keepdim=True)) / (x.std(1, keepdim=True) + 1e-5) * gamma + beta


class OriginalLayer(nn.Module):
    def __init__(self, d, heads, ff, rate):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.attention = nn.MultiheadAttention(d, heads, dropout=rate, batch_first=True)
        self.ffn = nn.Sequential(nn.Linear(d, ff), nn.GELU(), nn.Dropout(rate), nn.Linear(ff, d), nn.Dropout(rate))
        self.drop = nn.Dropout(rate)

    def forward(self, x):
        n = self.norm1(x)
        x = x + self.drop(self.attention(n, n, n)[0])
        return x + self.ffn(self.norm2(x))


class TunedLayer(nn.Module):
    def __init__(self, d, heads, ff, rate):
        super().__init__()
        self.heads, self.rate = heads, rate
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.inner, self.outer = nn.Linear(d, ff), nn.Linear(ff, d)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, dropout_p=self.rate).transpose(1, 2).reshape(b, t, d)
        x = x + F.dropout(self.out(a), self.rate)
        return x + F.dropout(self.outer(F.dropout(F.gelu(self.inner(self.norm2(x))), self.rate)), self.rate)


class Model(nn.Module):
    def __init__(self, layer, shape, context=CONTEXT, rate=RATE, head_rate=RATE):
        super().__init__()
        d, heads, layers, ff = shape
        self.patches, self.head_rate = context // PATCH, head_rate
        self.gamma, self.beta = nn.Parameter(torch.ones(FEATURES)), nn.Parameter(torch.zeros(FEATURES))
        self.embed = nn.Linear(PATCH * FEATURES, d)
        self.positions = nn.Parameter(0.02 * torch.randn(1, self.patches + 10, d))
        self.layers = nn.ModuleList(layer(d, heads, ff, rate) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(d), nn.Linear(self.patches * d, 1)

    def forward(self, x):
        patches = revin(x, self.gamma, self.beta).reshape(len(x), self.patches, -1)
        x = self.embed(patches) + self.positions[:, : self.patches]
        for layer in self.layers:
            x = layer(x)
        return self.head(F.dropout(self.norm(x).flatten(1), self.head_rate, self.training)).squeeze(1)


def torch_throughput(kind, budget, batch, threads, seconds, clock):
    torch.set_num_threads(threads)
    model = Model(OriginalLayer if kind == "original" else TunedLayer, SHAPES[budget])
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4, weight_decay=1e-3, fused=(kind == "tuned") or None)
    data = torch.randn(ROWS, FEATURES)
    windows = data.unfold(0, CONTEXT, 1).transpose(1, 2)
    labels = (torch.arange(batch) % 2).float()
    count, started, cpu = 0, 0.0, 0.0
    while True:
        if count == 2:
            started, cpu = time.perf_counter(), clock()
        x = windows[(torch.arange(batch) + count * batch) * 7919 % len(windows)]
        logits = model(x)
        if kind == "original":
            loss = F.binary_cross_entropy(torch.sigmoid(logits), labels)
        else:
            loss = F.binary_cross_entropy_with_logits(logits, labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()
        count += 1
        if count > 2 and time.perf_counter() - started >= seconds:
            return (count - 2) * batch / (clock() - cpu)


def our_throughput(command, cpu):
    library = pathlib.Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"
    environment = {**os.environ, "XP_BLAS": str(library)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    rate, samples = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.split()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Its start is a part of it; that is in our disfavour.
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return float(samples) / used if cpu else float(rate)


def sgemm(threads, clock):
    torch.set_num_threads(threads)
    a, best = torch.randn(1024, 1024), 0.0
    for _ in range(20):
        started = clock()
        torch.mm(a, a)
        best = max(best, 2 * 1024**3 / (clock() - started) / 1e9)
    return best


def processor():
    fields = dict(line.split(":", 1) for line in open("/proc/cpuinfo").read().split("\n\n")[0].splitlines())
    fields = {key.strip(): value.strip() for key, value in fields.items()}
    wide = [flag for flag in fields["flags"].split() if flag.startswith(("avx", "amx", "fma"))]
    return f"{fields['model name']}; {' '.join(wide)}; torch {torch.__version__} uses {torch.backends.cpu.get_cpu_capability()}"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("--rounds", type=int, default=9)
    arguments.add_argument("--seconds", type=float, default=2.0)
    arguments.add_argument("--budgets", default="2M,20M")
    arguments.add_argument("--batches", default="32,256")
    arguments.add_argument("--threads", default="1,2")
    arguments.add_argument("--cpu", action="store_true")
    arguments = arguments.parse_args()
    print(processor(), flush=True)
    for threads in map(int, arguments.threads.split(",")):
        clock = time.process_time if arguments.cpu else time.perf_counter
        rate = sgemm(threads, clock)
        print(f"{threads} threads: sgemm 1024³ {rate:.1f} GFLOP/s", flush=True)
        for budget in arguments.budgets.split(","):
            d, _, layers, ff = SHAPES[budget]
            patches = CONTEXT // PATCH
            flops = 3 * 2 * patches * (layers * (4 * d * d + 2 * d * ff) + PATCH * FEATURES * d)
            for batch in map(int, arguments.batches.split(",")):
                rounds = []
                for _ in range(arguments.rounds):
                    command = [arguments.binary, "--one", budget, str(batch), str(threads), str(arguments.seconds)]
                    ours = our_throughput(command, arguments.cpu)
                    peers = [torch_throughput(kind, budget, batch, threads, arguments.seconds, clock) for kind in ("original", "tuned")]
                    rounds.append((ours, *peers))
                ours, original, tuned = (statistics.median(column) for column in zip(*rounds))
                by_original = statistics.median(a / b for a, b, _ in rounds)
                by_tuned = statistics.median(a / c for a, _, c in rounds)
                print(
                    f"{budget} batch {batch} threads {threads}: ours {ours:.0f}, original {original:.0f}, tuned {tuned:.0f} samples/s; "
                    f"ratios {by_original:.2f} and {by_tuned:.2f}; {ours * flops / 1e9:.1f} GFLOP/s, {ours * flops / 1e9 / rate:.0%} of sgemm",
                    flush=True,
                )


if __name__ == "__main__":
    main()
