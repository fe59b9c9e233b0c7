"""Our search beside the original's arrangement at the same time, a core each: hpo_2M_threshold_1pct, and a PyTorch trainer of the study's module
under Optuna's TPE, on the same data, samples, space, epochs and patience. Prints the trials of each and the best validation log-loss by time.

    cargo build -p experiments; cargo xp data build nasdaq_daily
    python3 xp-runtime/search/benches/search/original_search.py [--minutes 30] [--seed 42]

The original's trainer: nn.MultiheadAttention, sigmoid and BCELoss, AdamW, clipping, DataLoader's order; no pruning.
"""

import argparse
import datetime
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import packages

ROOT = pathlib.Path(__file__).resolve().parents[4]
EXPERIMENT = "hpo_2M_threshold_1pct"
CONTEXT, HORIZON, RISE, BATCH, PATIENCE = 80, 5, 1.01, 32, 10
BORDERS = [datetime.date(2007, 1, 1), datetime.date(2010, 1, 1)]
SAMPLES = {"train": (1675, 1150), "val": (751, 536)}
SHAPES = 134


def shapes():
    """The grid: every shape of 1.5 to 2.5 million parameters."""
    found = []
    for d in range(64, 4097, 32):
        for layers in range(2, 49):
            for heads in (4, 8, 16, 24, 32):
                for ff in (2 * d, 4 * d):
                    patches = CONTEXT // 10
                    layer = 4 * d * d + 9 * d + 2 * d * ff + ff
                    count = 201 * d + (patches + 10) * d + layers * layer + 2 * d + patches * d + 1 + 40
                    if d % heads == 0 and d // heads >= 16 and 1_500_000 <= count <= 2_500_000:
                        found.append((d, heads, layers, ff))
    assert len(found) == SHAPES, len(found)
    return found


def regions():
    """Windows and labels of train and val, checked by the counts that our macro gives."""
    import polars as pl
    import torch

    lock = json.loads((ROOT / "data/locks/nasdaq_daily.lock.json").read_text())
    names = [column["name"] for column in lock["columns"] if column["tier"] == 20]
    table = pl.read_parquet(ROOT / "data/processed/nasdaq_daily.parquet")
    prices = pl.read_csv(ROOT / "data/raw/nasdaq_daily.csv", try_parse_dates=True)
    table = table.join(prices, on="date", how="left", maintain_order="left")
    dates, high, close = (table[name].to_list() for name in ("date", "high", "close"))
    values = torch.from_numpy(table.select(names).to_numpy().astype("float32"))
    windows = values.unfold(0, CONTEXT, 1).transpose(1, 2)
    region = lambda date: sum(date >= border for border in BORDERS)
    chosen = {"train": ([], []), "val": ([], [])}
    for t in range(CONTEXT - 1, len(dates) - HORIZON):
        of = region(dates[t])
        if of < 2 and region(dates[t + HORIZON]) == of:
            rows, labels = chosen["train" if of == 0 else "val"]
            rows.append(t - CONTEXT + 1)
            labels.append(float(max(high[t + 1 : t + HORIZON + 1]) >= close[t] * RISE))
    for name, (rows, labels) in chosen.items():
        assert (len(rows), sum(labels)) == SAMPLES[name], (name, len(rows), sum(labels))
    return {name: (windows[rows], torch.tensor(labels)) for name, (rows, labels) in chosen.items()}


def theirs(minutes, seed):
    """A line of JSON per trial."""
    import optuna
    import torch
    from torch.nn import functional as F
    from training_peers import Model, OriginalLayer

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    data, grid, started = regions(), shapes(), time.monotonic()
    deadline = started + 60 * minutes

    def objective(trial):
        shape = grid[trial.suggest_categorical("architecture", range(len(grid)))]
        rate = trial.suggest_float("learning_rate", 1e-4, 1e-3, log=True)
        decay = trial.suggest_float("weight_decay", 1e-4, 5e-3, log=True)
        dropout = trial.suggest_float("dropout", 0.1, 0.5)
        warmup = trial.suggest_categorical("warmup_steps", [100, 200, 300, 500])
        epochs = trial.suggest_categorical("epochs", [50, 75, 100])
        model = Model(OriginalLayer, shape, CONTEXT, dropout, 0.0)
        optimizer = torch.optim.AdamW(model.parameters(), rate, weight_decay=decay)
        (x, y), (val_x, val_y) = data["train"], data["val"]
        total = epochs * math.ceil(len(x) / BATCH)

        def factor(step):
            if step < warmup:
                return (step + 1) / warmup
            return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(total - warmup, 1)))

        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        best, since, ran = math.inf, 0, 0
        for _ in range(epochs):
            model.train()
            for rows in torch.randperm(len(x)).split(BATCH):
                loss = F.binary_cross_entropy(torch.sigmoid(model(x[rows])), y[rows])
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                scheduler.step()
            model.eval()
            with torch.no_grad():
                outputs = torch.cat([model(part) for part in val_x.split(256)])
                value = F.binary_cross_entropy(torch.sigmoid(outputs), val_y).item()
            best, since = (value, 0) if value < best else (best, since + 1)
            ran += 1
            if since >= PATIENCE or time.monotonic() > deadline:
                break
        if time.monotonic() <= deadline:
            print(json.dumps({"seconds": time.monotonic() - started, "value": best, "epochs": ran}), flush=True)
        return best

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, timeout=60 * minutes)


def ours(minutes, seed, workspace, core):
    """Our search in a workspace of its own, on one core."""
    for part in ("Cargo.toml", "configs", "data", "experiments"):
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, workspace / part)
    command = [ROOT / "target/debug" / EXPERIMENT, "--threads", "1", "--timeout", f"{minutes}m", "--trials", "1000"]
    if seed != 42:
        command += ["--seed", str(seed)]
    return subprocess.run(
        command,
        env=os.environ | {"XP_WORKSPACE": str(workspace)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )


def summary(name, trials, minutes):
    best = lambda until: min((value for seconds, value in trials if seconds <= 60 * until), default=math.inf)
    curve = ", ".join(f"{until:.0f} min {best(until):.4f}" for until in (minutes / 6, minutes / 3, minutes / 2, minutes))
    print(f"{name}: {len(trials)} trials ended, best validation log-loss by {curve}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--theirs", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    packages.provide()
    sys.path.insert(0, str(ROOT / "xp-runtime/step/benches"))
    if options.theirs:
        return theirs(options.minutes, options.seed)
    first, second = sorted(os.sched_getaffinity(0))[:2]
    command = [sys.executable, __file__, "--theirs", "--minutes", str(options.minutes), "--seed", str(options.seed)]
    with tempfile.TemporaryDirectory() as workspace:
        peer = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, {second})
        )
        started = time.time()
        run = ours(options.minutes, options.seed, pathlib.Path(workspace), first)
        answers = [json.loads(line) for line in peer.communicate()[0].splitlines()]
        trials, epochs = [], 0
        for path in pathlib.Path(workspace).glob("outputs/hpo/*/trials/*.json"):
            trial = json.loads(path.read_text())
            epochs += len(trial["attributes"]["curve"])
            if trial["state"] in ("complete", "pruned"):
                value = trial["value"] if trial["state"] == "complete" else math.inf
                trials.append((path.stat().st_mtime - started, value))
    print("\n".join(run.stdout.splitlines()[-4:]))
    summary(f"ours ({epochs} epochs)", trials, options.minutes)
    epochs = sum(answer["epochs"] for answer in answers)
    summary(f"original ({epochs} epochs)", [(answer["seconds"], answer["value"]) for answer in answers], options.minutes)


main()
